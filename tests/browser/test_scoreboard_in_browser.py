"""The head of data's way by keyboard: what is missing, and the day closed by name."""

from __future__ import annotations

import pytest

from contracts_app.models import Version
from portal.core.catalog.models import Asset
from portal.core.clock import services as clock
from portal.pages.scoreboard import counting, examples
from portal.pages.scoreboard.models import SignOff
from portal.pages.scoreboard.tasks import count_targets
from tests import many_rows
from tests.browser.browsing import assert_accessible, assert_fits, picture, shoot
from tests.browser.test_officers_in_browser import tab_to
from tests.contracts_app import life


def look(page, name):
    """Axe in light and dark, 320 px, and pictures of all three and of paper."""
    assert_accessible(page)
    assert_fits(page)
    shoot(page, name)
    page.emulate_media(color_scheme="dark")
    shoot(page, f"{name}-dark")
    page.emulate_media(color_scheme="light", media="print")
    shoot(page, f"{name}-print")
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 320, "height": 800})
    shoot(page, f"{name}-phone")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def estate(world):
    """Two tier-1 assets, one under a signed contract, and the days of two months."""
    life.register_names(world)
    life.signed(world, life.EXAMPLE)
    Asset.objects.create(namespace="demo", name="vectors", kind="vector_index")
    examples.fill(counting.count(clock.now()))
    return world


@pytest.fixture
def grown(world):
    """Forty tier-1 assets with contracts, SLOs and lineage, and three new ones without anything."""
    ground = many_rows.Ground(team=world.platform, owner=world.ana, signer=world.pia, at=clock.now())
    numbers = range(40)
    many_rows.people(ground, numbers)
    assets = many_rows.catalog(ground, numbers)
    many_rows.contracts(ground, numbers, assets)
    Version.objects.filter(state="active").update(roles=["producer"])
    many_rows.slos(ground, numbers, assets)
    many_rows.lineage(ground, numbers, assets)
    Asset.objects.update(tier=1, tier_reason="It feeds the board.")
    for name in ("orders_by_day", "support_semantic", "churn_scores"):
        Asset.objects.create(namespace="shop", name=name, kind="table", tier=1, tier_reason="It feeds the board.")
    examples.fill(counting.count(clock.now()))
    return world


def test_a_grown_estate_reads_well_with_its_trends_and_what_is_missing(visit, grown):
    page = visit("hal", "/scoreboard/")
    assert "93 %" in page.locator("main").inner_text()
    look(page, "scoreboard-grown")
    picture(page, "scoreboard", height=740)
    page.goto("/raci/gaps/")
    picture(page, "raci-gaps", height=640)


def test_the_head_of_data_begins_at_the_targets_and_follows_what_is_missing(visit, estate):
    page = visit("hal", "/start/")
    assert page.url.endswith("/scoreboard/")
    look(page, "scoreboard")
    main = page.locator("main")
    assert "0 of 7 targets reached." in main.inner_text()
    assert main.locator("svg[role=img] title").first.text_content() == "Signed contracts of tier 1, day by day"
    tab_to(page, "Signed contracts of tier 1")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=What is missing")
    look(page, "scoreboard-target")
    picture(page, "scoreboard-target")
    tab_to(page, "Write its contract")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contracts/new/**")
    page.go_back()
    page.get_by_role("link", name="Scoreboard").first.click()
    page.get_by_role("button", name="Count now").click()
    page.wait_for_selector("text=A worker counts now")
    assert count_targets()


def test_the_day_is_closed_by_keyboard_and_in_ones_own_name(visit, estate):
    page = visit("hal", "/scoreboard/day-end/")
    look(page, "scoreboard-day-end")
    picture(page, "scoreboard-day-end", height=640)
    tab_to(page, "Close the day")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=You say in your own name")
    tab_to(page, "Close the day in my name")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=say why the day is closed all the same")
    look(page, "scoreboard-sign-off")
    page.get_by_label("Note").focus()
    page.keyboard.type("The first day of the estate.")
    tab_to(page, "Close the day in my name")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is closed in your name")
    assert SignOff.objects.get().user == estate.hal
    look(page, "scoreboard-closed")
    page.goto("/scoreboard/day-end/main/")
    look(page, "scoreboard-main")
