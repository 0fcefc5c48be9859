"""The pictures of the how-tos are there and shown, and each is taken by a browser test under its name."""

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


def test_every_picture_is_taken_by_a_browser_test() -> None:
    walks = "".join(walk.read_text() for walk in (ROOT / "tests" / "browser").glob("test_*.py"))
    assert set(re.findall(r'picture\((?:\w+, )?"([\w-]+)"', walks)) == {path.stem for path in SHOWN}
