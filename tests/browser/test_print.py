"""Pages on paper: no navigation, folded parts open, tables within the sheet, and where and when it was printed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import actor_of
from tests.browser.browsing import settle, shoot

A4 = 688  # CSS pixels between the margins of the print styles: 182 mm


@pytest.fixture
def paths(world) -> dict[str, str]:
    """Pages of several rooms that people print."""
    found = adopt_asset(
        actor=actor_of(world.ana), namespace="demo", name="orders", kind="table", owner_team=world.platform
    )
    return {"asset": found.get_absolute_url(), "assets": "/assets/", "evidence": "/evidence/", "help": "/help/"}


def on_paper(page: Page) -> None:
    page.set_viewport_size({"width": A4, "height": 1000})
    page.emulate_media(media="print")
    settle(page)


@pytest.mark.parametrize("name", ["asset", "assets", "evidence", "help"])
def test_a_printed_page_holds_its_content_and_nothing_to_click(visit, paths, name: str) -> None:
    page = visit("aud", paths[name])
    on_paper(page)
    shoot(page, f"print-{name}")
    for part in (".nav", ".search", ".account", ".bell", ".pager .cluster", ".filters"):
        assert not [each for each in page.locator(part).all() if each.is_visible()], part
    assert page.locator("h1").is_visible()
    assert f"{paths[name]}, as Aud Auditor saw it at" in page.locator(".printed").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= A4


def test_folded_parts_are_open_on_paper(visit, paths) -> None:
    page = visit("aud", paths["asset"])
    page.evaluate(
        "document.querySelector('main .main__inner').insertAdjacentHTML('beforeend',"
        " '<details><summary>More</summary><p id=folded>Folded words</p></details>')"
    )
    assert page.evaluate("document.getElementById('folded').checkVisibility()") is False
    on_paper(page)
    assert page.evaluate("document.getElementById('folded').getBoundingClientRect().height") > 0
    assert page.evaluate("getComputedStyle(document.querySelector('.main')).display") == "block"


def test_a_table_that_is_cards_on_a_phone_is_a_table_on_paper_with_its_head_on_each_sheet(visit, paths) -> None:
    page = visit("aud", paths["assets"], width=320)
    settle(page)
    assert page.locator("table.table--cards").count() == 1
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert page.evaluate("getComputedStyle(document.querySelector('tbody tr')).display") == "table-row"
