"""docs/licences.md lists every package that we name, as its metadata states it."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DUTIES = ("GPL", "MPL", "Mozilla", "GNU")


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("deploy.licences", ROOT / "deploy" / "licences.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_installed_packages_state(licences: ModuleType) -> None:
    assert (ROOT / "docs" / "licences.md").read_text() == licences.page(), "run python deploy/licences.py, and read it"


def test_a_licence_with_duties_of_its_own_has_a_note(licences: ModuleType) -> None:
    rows = [line.split(" | ") for line in licences.page().splitlines() if line.startswith("| ")]
    bound = [row for row in rows if any(word in row[2] for word in DUTIES)]
    assert {row[0].strip("| ") for row in bound} >= {"psycopg", "certifi", "pikepdf"}
    assert [row[0] for row in bound if not row[3].strip(" |")] == [], "say in NOTES how it is used"
