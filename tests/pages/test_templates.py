"""Every template of the house, read as text: nothing in it that the content security policy would refuse."""

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[2] / "templates"
PAGES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.html"))
REFUSED = {
    "a style attribute": re.compile(r"<[^>]*\sstyle="),
    "a style element": re.compile(r"<style"),
    "an inline script": re.compile(r"<script(?![^>]*(src=|type=\"application/json\"))"),
    "an event handler": re.compile(r"<[a-z][^>]*\son[a-z]+="),
    "an htmx script": re.compile(r"hx-on|hx-vals=.js:"),
    "an address elsewhere": re.compile(r"(src|href)=\"(https?:)?//"),
}


@pytest.mark.parametrize("name", [str(page) for page in PAGES if page.parts[0] != "documents"])
def test_a_template_is_sound_and_holds_nothing_that_the_policy_refuses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert [what for what, pattern in REFUSED.items() if pattern.search(text)] == []
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", [str(page) for page in PAGES if page.parts[0] != "documents"])
def test_every_table_of_a_template_has_a_caption(name: str) -> None:
    text = (ROOT / name).read_text()
    tables = len(re.findall(r"<table\b", text)) - text.count("{% slot %}{% endslot %}</table>")
    assert text.count("<caption") >= tables
