"""What connectors hand around never shows a subject, and kinds are found by walking their folder."""

import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import (
    Connector,
    ConnectorError,
    FencedOff,
    Found,
    Identifier,
    Measurable,
    Subject,
    SystemConfig,
    check_fence,
    digests,
)

ANA = Identifier("email", "ana.secret@example.com")


def test_no_repr_shows_an_identifier_a_key_a_vector_or_a_secret():
    subject = Subject.of([ANA, Identifier("customer_id", "c-4711")])
    shown = repr([ANA, subject, Found(1, ("key-4711",), (b"vector",)), SystemConfig("s", "k", {}, "hunter2")])
    assert not any(text in shown for text in ("ana.secret", "4711", "vector=", "b'vector", "hunter2"))


def test_a_subject_groups_its_identifiers_by_kind_and_lists_them_in_a_fixed_order():
    subject = Subject.of([Identifier("email", "b@example.com"), Identifier("email", "a@example.com")])
    assert subject.values("email") == ["a@example.com", "b@example.com"]
    assert subject.values("phone") == []


def test_found_survives_being_stored_as_json():
    found = Found(2, ("1", "2"), (b"\x00\x01", b"\xff"))
    assert Found.load(found.dump()) == found


def test_digests_differ_by_salt_and_never_show_the_key():
    assert digests(["c-4711"], b"one") != digests(["c-4711"], b"two")
    assert "4711" not in digests(["c-4711"], b"one")[0]


def test_a_lost_fence_raises_before_the_change():
    check_fence(lambda: True)
    with pytest.raises(FencedOff, match="another worker"):
        check_fence(lambda: False)


def test_an_unknown_kind_is_refused_with_the_names_of_the_known_ones():
    with pytest.raises(ConnectorError, match=r"no connector for systems of kind 'oracle'.*parquet.*postgresql"):
        registry.get("oracle")


def test_a_kind_cannot_be_registered_twice():
    with pytest.raises(ValueError, match="registered twice"):
        registry.connector("postgresql")(type("Second", (Connector,), {"ping": lambda self, config: None}))


def test_a_kind_is_given_as_the_capability_asked_for():
    assert isinstance(registry.capable("postgresql", Measurable), Measurable)
