"""The frame of every page, and the pages of the house itself, as a person meets them."""

from __future__ import annotations

import gzip
import re

import pytest

from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import actor_of
from portal.pages.navigation import open_rooms
from tests.browser.browsing import assert_accessible, assert_fits, focused, shoot

HOME = re.compile(r"^http://localhost:\d+/$")


@pytest.fixture
def asset(world):
    """An asset of Data Platform with everything that the catalog can say of it."""
    return adopt_asset(
        actor=actor_of(world.ana),
        namespace="postgres://localhost:5432/shop",
        name="public.customer_events",
        kind="table",
        layer="raw",
        tier=1,
        tier_reason="board KPI",
        owner_team=world.platform,
    )


def test_the_sign_in_page_reads_well_and_fits_a_phone(visit) -> None:
    page = visit("nobody", "/")
    assert "/accounts/login/" in page.url
    assert page.get_by_role("heading", name="Sign in", exact=False).first.is_visible()
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "sign-in")


def test_a_person_signs_in_with_password_and_code_and_lands_on_my_work(visit, world) -> None:
    page = visit("nobody", "/")
    page.get_by_label("Email").fill(world.ana.email)
    page.get_by_label("Password").fill("not the password at all")
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_selector(".error-summary")
    assert page.title().startswith("Error: ")
    assert "There is a problem" in focused(page)
    assert_accessible(page)
    page.get_by_label("Password").fill(world.password)
    page.get_by_role("button", name="Sign in").first.click()
    page.get_by_label("Code").fill(world.code("ana"))
    assert_accessible(page)
    shoot(page, "sign-in-code")
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url(HOME)
    assert page.get_by_role("heading", name="My work").is_visible()


def test_my_work_reads_well_and_fits_a_phone(visit) -> None:
    page = visit("ana", "/")
    assert_accessible(page)
    assert_fits(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shoot(page, f"home-{scheme}")


def test_the_asset_page_reads_well_and_fits_a_phone(visit, asset) -> None:
    page = visit("ana", asset.get_absolute_url())
    assert page.get_by_role("heading", name=asset.name).is_visible()
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "asset")


def test_the_list_of_assets_and_the_search_read_well_and_fit_a_phone(visit, asset) -> None:
    page = visit("ana", "/assets/?tier=1")
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "assets")
    page.locator("#search").fill("customer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=customer")
    assert page.get_by_role("link", name=asset.name).first.is_visible()
    assert_accessible(page)


@pytest.mark.parametrize("path", ["/nowhere/", "/people/roles/", "/accounts/2fa/", "/accounts/password/change/"])
def test_refusals_and_the_account_pages_wear_the_frame_too(visit, path) -> None:
    page = visit("cleo", path)
    assert page.get_by_role("navigation", name="Main").is_visible()
    assert_accessible(page)
    assert_fits(page)


def test_the_main_navigation_is_reached_and_used_by_keyboard_alone(visit) -> None:
    page = visit("ana", "/assets/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto("/assets/")
    for _ in range(12):
        page.keyboard.press("Tab")
        if focused(page) == "My work":
            break
    assert focused(page) == "My work"
    page.keyboard.press("Enter")
    page.wait_for_url(HOME)
    assert page.get_by_role("heading", name="My work").is_visible()


def test_on_a_phone_the_navigation_folds_behind_a_button_that_says_so(visit) -> None:
    page = visit("ana", "/", width=320)
    toggle = page.get_by_role("button", name="Menu")
    assert toggle.get_attribute("aria-expanded") == "false"
    assert not page.get_by_role("link", name="Contracts", exact=True).is_visible()
    toggle.click()
    assert toggle.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("link", name="Contracts", exact=True).is_visible()
    assert_fits(page)


@pytest.mark.parametrize("name", ["ana", "pia", "ada"])
def test_the_navigation_shows_the_rooms_that_the_roles_open(visit, world, name) -> None:
    links = visit(name, "/").get_by_role("navigation", name="Main").get_by_role("link")
    assert [text.strip() for text in links.all_inner_texts()] == [room.label for room in open_rooms(world.people[name])]


def test_a_chosen_appearance_is_kept_on_the_next_page(visit) -> None:
    page = visit("ana", "/", scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator(".account > summary").click()
    shoot(page, "account-menu")
    assert_accessible(page)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(paper)
    assert dark != light
    page.goto("/assets/")
    assert page.evaluate(paper) == dark
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_signing_out_from_the_account_menu_ends_the_session(visit) -> None:
    page = visit("ana", "/")
    page.locator(".account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    page.goto("/")
    assert "/accounts/login/" in page.url


def test_scripts_and_styles_of_a_page_without_a_diagram_stay_within_60_kb_gzipped(visit, asset) -> None:
    page = visit("ana", asset.get_absolute_url())
    parts = page.evaluate(
        "[...document.querySelectorAll('script[src], link[rel=stylesheet]')].map(each => each.src || each.href)"
    )
    weight = sum(len(gzip.compress(page.request.get(part).body(), 9)) for part in parts)
    assert len(parts) >= 12
    assert 10_000 < weight <= 60_000
