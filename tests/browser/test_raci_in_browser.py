"""The matrix in a real browser: proposed, signed by two people, in force; by keyboard alone, and on paper."""

from __future__ import annotations

import re

from portal.core.raci import selectors
from portal.core.raci.models import Proposal
from tests.access.raci import a_row, ciso, put_in_force
from tests.browser.browsing import assert_accessible, assert_fits, focused, picture, shoot
from tests.browser.passkeys import with_passkey


def press_until(page, words: str) -> None:
    """Tab to the control with these words, and press Enter on it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if focused(page) == words:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"No control says {words!r}; the focus ended on {focused(page)!r}.")


def tab_to(page, name: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name || ''") == name:
            return
    raise AssertionError(f"No control is called {name!r}.")


def choose(page, name: str, words: str) -> None:
    """Tab to the list and type what to choose, as a keyboard chooses in a list."""
    tab_to(page, name)
    page.keyboard.type(words)


def looked_at(page, name: str) -> None:
    assert_accessible(page)
    assert_fits(page)
    shoot(page, f"raci-{name}")
    page.set_viewport_size({"width": 320, "height": 800})
    shoot(page, f"raci-{name}-320")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark")
    shoot(page, f"raci-{name}-dark")
    page.emulate_media(color_scheme="light")


def test_a_row_changes_hands_by_keyboard_alone_when_both_accountable_people_have_signed(visit, world) -> None:
    ciso(world)
    put_in_force(world, a_row())
    hal, ada = visit("hal", "/raci/"), visit("ada", "/")
    with_passkey(hal)
    with_passkey(ada)
    looked_at(hal, "matrix")

    hal.goto("/raci/workstreams/data-contracts/")
    looked_at(hal, "row")
    press_until(hal, "Propose a change")
    hal.get_by_role("heading", name="Propose a change of Data contracts").wait_for()
    looked_at(hal, "propose")
    choose(hal, "holder_1", "CISO")
    choose(hal, "holder_3", "Head of data")
    tab_to(hal, "reason")
    hal.keyboard.type("Security answers for the contracts from June on.")
    press_until(hal, "Go on to check it")
    hal.get_by_role("heading", name="Check your proposal").wait_for()
    looked_at(hal, "check")
    press_until(hal, "Propose it")
    hal.wait_for_url(re.compile(r"/raci/proposals/\d+/$"))
    looked_at(hal, "proposal")
    picture(hal, "raci-proposal", height=640)

    proposal = Proposal.objects.get(state="open")
    press_until(hal, "Sign as Head of data")
    hal.get_by_role("heading", name="Your signature").wait_for()
    looked_at(hal, "sign")
    press_until(hal, "Sign with your passkey")
    hal.get_by_text(f"You have signed {proposal}").wait_for()
    assert selectors.workstream("data-contracts").row.accountable == "role:head_of_data"

    ada.goto("/")
    press_until(ada, f"Sign {proposal} of the RACI as CISO")
    ada.get_by_role("heading", name="Your signature").wait_for()
    press_until(ada, "Sign with your passkey")
    ada.get_by_text("RACI version 2 is in force").wait_for()
    looked_at(ada, "in-force")
    assert selectors.workstream("data-contracts").row.accountable == "post:ciso"

    ada.goto("/raci/versions/2/")
    looked_at(ada, "version")


def test_the_matrix_prints_on_one_landscape_page(visit, world, tmp_path) -> None:
    import subprocess

    ciso(world)
    for number, title in enumerate(("Data contracts", "Lineage", "Observability SLOs", "Deletion proofs"), 1):
        put_in_force(world, a_row(title), number)
    page = visit("aud", "/raci/")
    page.emulate_media(media="print")
    shoot(page, "raci-print")
    paper = tmp_path / "raci.pdf"
    page.pdf(path=paper, prefer_css_page_size=True)
    told = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Pages:\s+1\n", told), told
    width, height = map(float, re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", told).groups())
    assert width > height
    looked_at(visit("aud", "/raci/people/"), "people")
    looked_at(visit("aud", "/raci/gaps/"), "gaps")
