"""The search by keyboard alone: its key, the arrows, Enter and Esc; and that addresses of people stay out of URLs."""

from __future__ import annotations

import pytest

from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import actor_of
from tests.browser.browsing import assert_accessible, assert_fits, shoot


@pytest.fixture
def orders(world):
    """Two tables of Data Platform."""
    for name in ("orders", "orders_clean"):
        found = adopt_asset(
            actor=actor_of(world.ana), namespace="demo", name=name, kind="table", owner_team=world.platform
        )
    return found


def test_the_search_is_reached_walked_and_left_by_keyboard_alone(visit, orders) -> None:
    page = visit("ana", "/contracts/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("orders")
    page.get_by_role("option").first.wait_for()
    assert_accessible(page)
    shoot(page, "search-open")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("[role=option][aria-selected=true]").inner_text().startswith("orders_clean")
    page.keyboard.press("Escape")
    assert not page.get_by_role("option").first.is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") != "search"
    page.keyboard.press("/")
    page.keyboard.type("orders_cl")
    page.get_by_role("option", name="orders_clean").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{orders.get_absolute_url()}")


def test_an_exact_key_opens_with_enter_and_words_lead_to_the_page_of_results(visit, orders) -> None:
    page = visit("ana", "/")
    page.locator("#search").fill("demo/orders_clean")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{orders.get_absolute_url()}")
    page.locator("#search").fill("orders")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=orders")
    assert page.get_by_role("heading", name="Assets").is_visible()
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "search")


def test_an_address_of_a_person_is_posted_and_answered_and_stands_in_no_address(visit) -> None:
    page = visit("pia", "/")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.locator("#search").press_sequentially("somebody@example.org")
    page.locator("#search-found").get_by_text("This reads as a person").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="A person is not searched for here").wait_for()
    assert_accessible(page)
    assert seen
    assert not [url for url in seen if "somebody" in url]


def test_the_key_is_left_alone_while_somebody_writes_and_can_be_turned_off(visit) -> None:
    page = visit("ana", "/assets/")
    page.get_by_label("Name holds").click()
    page.keyboard.type("a/b")
    assert page.get_by_label("Name holds").input_value() == "a/b"
    page.goto("/help/")
    toggle = page.get_by_role("button", name="The key / leads to the search")
    assert toggle.get_attribute("aria-pressed") == "true"
    toggle.click()
    assert_accessible(page)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "search"


def test_without_scripts_the_field_leads_to_the_page_of_results(chromium, live_server, world, orders) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    session = world.client("ana").cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto("/")
    page.locator("#search").fill("orders_c")
    page.locator("#search").press("Enter")
    page.wait_for_url("**/search/?q=orders_c")
    assert page.get_by_role("link", name="orders_clean").first.is_visible()
    context.close()
