"""Every piece of the house on one page: read as axe does, in light and dark, on a phone and on paper."""

import pytest

from tests.browser.browsing import assert_accessible, assert_fits, shoot


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
    table = page.get_by_role("region", name="Contracts")
    assert table.get_attribute("tabindex") == "0"


@pytest.mark.urls("tests.web.style_page")
def test_on_paper_navigation_and_buttons_are_gone_and_colours_are_light(visit) -> None:
    page = visit("ana", "/style/", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".nav").is_visible()
    assert not page.get_by_role("button", name="Save").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.table')).color") == "rgb(27, 33, 38)"
    shoot(page, "style-print")
