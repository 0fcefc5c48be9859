"""One more of a kind is one new file: each has a page under docs/kinds, and each page has its kind."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "portal/core/connectors/kinds",
    "portal/core/notify/kinds",
    "slo_app/findings/kinds",
    "slo_app/indicators/kinds",
    "contracts_app/formats/exports",
    "contracts_app/formats/imports",
    "portal/gates/kinds",
    "privacy_app/matching/kinds",
    "portal/pages/programme/kinds",
)
NOT_KINDS = {"__init__", "base", "registry", "sql", "shared"}


def _kinds() -> dict[str, str]:
    return {
        path.stem: folder
        for folder in FOLDERS
        for path in sorted((ROOT / folder).glob("*.py"))
        if path.stem not in NOT_KINDS and not path.stem.startswith("_")
    }


def test_every_kind_has_its_page_and_every_page_its_kind():
    pages = {path.stem for path in (ROOT / "docs" / "kinds").glob("*.md")}
    assert pages == set(_kinds())


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "kinds").glob("*.md")), ids=lambda p: p.stem)
def test_a_page_of_a_kind_says_what_it_is_for(page):
    text = page.read_text()
    assert text.startswith("# ")
    assert len(text.split()) > 40, f"{page.name} says too little to be of use"
