"""The guides in the portal: one's own first, links that lead on, pictures, and an installation without them."""

from __future__ import annotations

import re

import pytest

from portal.pages.help import guides
from portal.pages.help.linking import path_of


@pytest.mark.parametrize(
    ("who", "own"),
    [("cleo", ["Consumer of data"]), ("pia", ["Privacy officer"]), ("hal", ["Head of data"])],
)
def test_ones_own_guide_stands_first(world, who: str, own: list[str]) -> None:
    page = world.client(who).get("/help/").content.decode()
    first, rest = page.split("What you do here")
    assert re.findall(r'<h3><a href="/help/[^"]+">([^<]+)</a>', first) == own
    assert f">{own[0]}</a>" not in rest


def test_every_guide_opens_and_every_link_in_it_leads_on(world) -> None:
    pages = {key: guides.page(key) for key in guides.texts(guides.DOCS)}
    client = world.client("ana")
    for key, page in pages.items():
        for target, fragment in re.findall(r'href="(?:/help/((?!pictures/)[^"#]+)/)?(?:#([^"]+))?"', page.html):
            there = pages[target or key]
            assert not fragment or fragment in {each.anchor for each in there.headings}, f"{key}: #{fragment}"
    for guide in guides.GUIDES:
        answer = client.get(guide.url)
        assert answer.status_code == 200, f"{guide.key} is no file of docs/"
        assert "<!--" not in answer.content.decode().split("<article")[1]


def test_the_links_of_guides_name_what_is_there() -> None:
    texts = guides.texts(guides.DOCS)
    written = {
        (key, target)
        for key, text in texts.items()
        for target in re.findall(r"\]\(((?!https?:)[^)#\s]+\.md)[^)]*\)", text)
    }
    lost = {each for each in written if path_of(*each).removesuffix(".md") not in texts}
    assert {each for each in lost if not each[1].startswith("../")} == set()


def test_a_picture_is_served_as_what_it_is_and_nothing_else_is(world) -> None:
    client = world.client("ana")
    answer = client.get("/help/pictures/contract.png")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    for path in ("/help/pictures/nothing.png", "/help/nothing/", "/help/../README/", "/help/kinds/"):
        assert client.get(path).status_code == 404


def test_the_search_finds_a_guide_and_a_place_in_one(world) -> None:
    found = world.client("cleo").post("/search/suggest/", {"q": "glossary"}).content.decode()
    assert "/help/glossary/" in found
    found = world.client("cleo").get("/search/?q=while data is bad").content.decode()
    assert 'href="/help/consumer/#4-while-data-is-bad"' in found


def test_an_installation_without_the_guides_says_so(world, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(guides, "DOCS", tmp_path)
    client = world.client("ana")
    assert "did not come with this installation" in client.get("/help/").content.decode()
    assert client.get("/help/owner/").status_code == 404
    assert client.get("/search/?q=owner").status_code == 200
