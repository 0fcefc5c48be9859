"""The pictures of the how-tos are there and shown; the auditor's are taken by a test under the name that is shown."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHOWN = {
    (page.parent / path).resolve()
    for page in PAGES
    for path in re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", page.read_text())
}


def test_every_picture_that_a_page_shows_is_there_and_none_lies_about_unshown() -> None:
    assert set((ROOT / "docs" / "screenshots").glob("*.png")) == SHOWN


def test_the_auditors_pictures_are_taken_by_the_walk_of_the_auditor() -> None:
    walk = (ROOT / "tests" / "browser" / "test_auditor_journey.py").read_text()
    taken = set(re.findall(r'picture\(page, "(auditor-[\w-]+)"\)', walk))
    assert taken == {path.stem for path in SHOWN if path.stem.startswith("auditor-")}
