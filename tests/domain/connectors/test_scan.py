"""The byte scan finds every occurrence wherever blocks end, and takes nobody's longer identifier for the subject's."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.connectors import scan
from portal.core.connectors.base import Found, Subject

EMAIL = "ana@example.com"


def subject(*values: str) -> Subject:
    return Subject({"email": frozenset(values)})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(places=st.lists(st.integers(0, 400), unique=True), block=st.integers(16, 64))
def test_no_occurrence_hides_on_the_border_of_two_blocks(tmp_path: Path, places, block):
    spread = sorted(place * 20 for place in places)
    data = bytearray(b"." * 8100)
    for place in spread:
        data[place : place + len(EMAIL)] = EMAIL.encode()
    file = tmp_path / "data"
    file.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "BLOCK", block)
        hits = scan.search([file], scan.needles_of(subject(EMAIL), Found(0)))
    assert sorted(hit.offset for hit in hits) == spread


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(before=st.integers(0, 70), block=st.integers(16, 64))
def test_a_longer_identifier_of_another_does_not_count_also_on_a_border(tmp_path: Path, before, block):
    file = tmp_path / "data"
    file.write_bytes(b"." * before + b"joana@example.com")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "BLOCK", block)
        assert not scan.search([file], scan.needles_of(subject(EMAIL), Found(0), ["joana@example.com"]))
        assert scan.search([file], scan.needles_of(subject(EMAIL), Found(0), ["other@example.com"]))


def test_the_subjects_own_value_inside_another_of_its_values_still_counts():
    needles = scan.needles_of(subject(EMAIL, "joana@example.com"), Found(0))
    assert scan.count(b"joana@example.com", needles) == 2


def test_a_uuid_is_looked_for_packed_too():
    text = "0190b2a4-7c1e-7bbb-8ccc-1234567890ab"
    needles = scan.needles_of(subject(text), Found(0))
    assert scan.count(bytes.fromhex(text.replace("-", "")), needles) == 1


def test_identifiers_too_short_to_prove_anything_are_counted_and_said():
    needles = scan.needles_of(subject("42", EMAIL), Found(0))
    assert (len(needles.all), needles.too_short) == (1, 1)
    assert needles.caveat == "1 identifiers are too short to be told from other bytes."


def test_an_embedding_of_zeros_is_not_looked_for_because_it_could_be_padding():
    assert not scan.needles_of(subject(), Found(1, (), (b"\0" * 256,))).all


def test_a_long_embedding_is_looked_for_at_both_ends_because_stores_cut_it():
    vector = random.Random(42).randbytes(2048)
    needles = scan.needles_of(subject(), Found(1, (), (vector,)))
    assert [scan.count(part, needles) for part in (vector[:1000], vector[1000:])] == [1, 1]


def test_a_file_that_vanishes_is_passed_over_and_the_limit_is_kept(tmp_path):
    (tmp_path / "a").write_bytes(EMAIL.encode() * 50)
    hits = scan.search([tmp_path / "gone", tmp_path / "a"], scan.needles_of(subject(EMAIL), Found(0)), limit=7)
    assert len(hits) == 7


@pytest.mark.parametrize("written", ["Ana@Example.com", "ANA@EXAMPLE.COM", "ana@example.com", '"aNa@example.com"'])
def test_an_address_is_found_in_any_letter_case(tmp_path, written):
    (tmp_path / "a").write_bytes(b"x" * 1000 + written.encode())
    assert len(scan.search([tmp_path / "a"], scan.needles_of(subject("ana@example.com"), Found(0)))) == 1


@pytest.mark.parametrize("written", ["ZOË@example.com", "Zoë@Example.com"])
def test_letters_beyond_ascii_are_found_in_both_cases_also_escaped(written):
    needles = scan.needles_of(subject("zoë@example.com"), Found(0))
    assert scan.count(written.encode(), needles) == 1
    assert scan.count(rb"zo\u00CB@example.com", needles) == 1


def test_letter_case_counts_in_every_other_kind():
    needles = scan.needles_of(Subject({"customer_id": frozenset({"Kd-00042"})}), Found(0))
    assert [scan.count(each, needles) for each in (b"Kd-00042", b"KD-00042")] == [1, 0]


def test_anothers_longer_address_is_no_hit_in_any_letter_case():
    needles = scan.needles_of(subject("ana@example.com"), Found(0), ["JoAna@Example.com", "ANA@example.com"])
    assert scan.count(b"joana@EXAMPLE.com JOANA@example.com", needles) == 0
    assert scan.count(b"Ana@example.com", needles) == 1
