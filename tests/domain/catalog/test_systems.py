"""A data system's definition is hostile input: secrets are references, places come from the allow-list."""

from pathlib import Path

import pytest

from portal.core.catalog.domain.systems import Places, SystemRefused, check_secret, check_settings

PLACES = Places(
    hosts=frozenset({"127.0.0.1"}),
    paths=(Path("/data/estate"),),
    forbidden_databases=frozenset({("127.0.0.1", "5432", "custody")}),
)


@pytest.mark.parametrize("reference", ["", "env:CUSTODY_SECRET_LAKE", "file:lake.password", "file:estate_probe"])
def test_a_secret_may_be_a_reference(reference):
    assert check_secret(reference) is None


@pytest.mark.parametrize(
    "reference",
    [
        "hunter2",
        "env:PATH",
        "env:SECRET_KEY",
        "file:../keys/secret_key",
        "file:/etc/shadow",
        "file:.hidden",
        "env:CUSTODY_SECRET_X\nfile:y",
    ],
)
def test_anything_else_as_a_secret_is_refused(reference):
    with pytest.raises(SystemRefused, match="a reference, never a value"):
        check_secret(reference)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"host": "evil.example"}, "not on the allow-list"),
        ({"path": "/etc"}, "not below an allowed folder"),
        ({"path": "/data/estate/../keys"}, "not below an allowed folder"),
        ({"path": "data/estate"}, "not below an allowed folder"),
        ({"data_directory": "/data/estates"}, "not below an allowed folder"),
        ({"host": "127.0.0.1", "port": 5432, "dbname": "custody"}, "the portal's own database"),
        ({"dsn": "postgresql://u:p@h/d"}, "belongs into a secret"),
    ],
)
def test_a_place_outside_of_the_allow_list_is_refused(settings, sentence):
    with pytest.raises(SystemRefused, match=sentence):
        check_settings(settings, PLACES)


def test_places_on_the_allow_list_pass():
    assert check_settings({"host": "127.0.0.1", "port": 5432, "path": "/data/estate/lake"}, PLACES) is None
