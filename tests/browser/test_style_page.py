"""Every piece of the house on one page: read as axe does, in light and dark, on a phone and on paper."""

import pytest

from tests.browser.browsing import assert_accessible, assert_fits, focused, shoot


@pytest.mark.urls("tests.web.style_page")
def test_every_piece_of_the_house_reads_well_in_light_and_dark_and_on_a_phone(visit) -> None:
    page = visit("ana", "/style/")
    assert_accessible(page)
    assert_fits(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shoot(page, f"style-{scheme}")
    page.set_viewport_size({"width": 320, "height": 800})
    shoot(page, "style-320")
    cards = page.locator("table.table--cards", has_text="Contracts")
    assert cards.locator("td[data-label]").count() > 0, "a table that does not fit keeps its columns' names as cards"


@pytest.mark.urls("tests.web.style_page")
def test_on_paper_navigation_and_buttons_are_gone_and_colours_are_light(visit) -> None:
    page = visit("ana", "/style/", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".nav").is_visible()
    assert not page.get_by_role("button", name="Save").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.table')).color") == "rgb(27, 33, 38)"
    shoot(page, "style-print")


@pytest.mark.urls("tests.web.style_page")
def test_after_a_swap_the_focus_goes_to_the_faults_or_to_the_result_and_news_is_read_out(visit) -> None:
    page = visit("ana", "/style/")
    page.get_by_label("Days left").fill("0")
    page.get_by_role("button", name="Count the days").click()
    page.wait_for_selector("#swapped .error-summary:focus")  # htmx sets it once what it swapped in has settled
    assert focused(page).startswith("There is a problem")
    page.locator("#swapped .error-summary a").click()
    assert page.evaluate("document.activeElement.name") == "days"
    page.get_by_label("Days left").fill("3")
    page.keyboard.press("Enter")
    page.wait_for_selector("#swapped [data-say]:focus")
    assert focused(page) == "Counted"
    assert page.get_by_role("status").last.inner_text() == "3 of 9 systems done"


@pytest.mark.urls("tests.web.style_page")
def test_a_refresh_that_fails_is_said_and_what_stands_on_the_page_stays(visit, live_server) -> None:
    page = visit("ana", "/style/")
    page.route("**/style/part/", lambda route: route.abort())
    page.get_by_label("Days left").fill("3")
    page.get_by_role("button", name="Count the days").click()
    page.get_by_text("The server cannot be reached.").wait_for()
    assert page.get_by_label("Days left").input_value() == "3"
