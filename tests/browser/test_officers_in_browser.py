"""A privacy officer's day by keyboard: the inbox, two plans approved by one signature, a hold, a request's page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.clock import services as clock
from privacy_app.domain.request import State
from privacy_app.models import Hold, Request
from tests.browser.browsing import assert_accessible, assert_fits, shoot
from tests.privacy_app.planned import submitted

MOST_TABS = 60


def look(page, name):
    assert_accessible(page)
    assert_fits(page)
    shoot(page, name)
    page.emulate_media(color_scheme="dark")
    shoot(page, f"{name}-dark")
    page.emulate_media(color_scheme="light")


def tab_to(page, words):
    """Press Tab until what has the focus is called so: what a mouse can reach, a keyboard must reach."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        named = page.evaluate(
            "() => { const e = document.activeElement; if (e.tagName === 'DIV') return '';"
            " const l = e.labels && e.labels[0];"
            " return (l ? l.innerText : '') + ' ' + (e.innerText || '') + ' ' + (e.value || ''); }"
        )
        if words in named:
            return
    raise AssertionError(f"{words!r} is not reached by {MOST_TABS} tabs on {page.url}.")


@pytest.fixture
def two(world):
    return [submitted(world, number=1, preview={"count": 3, "probes": []}), submitted(world, number=2)]


def test_two_plans_are_chosen_read_and_signed_by_keyboard(visit, world, two):
    mine = submitted(world, planner="petra", number=3)
    page = visit("petra", "/privacy/approve/")
    look(page, "officers-to-approve")
    assert "You planned it" in page.locator("main").inner_text()
    for request in two:
        tab_to(page, request.req_id)
        page.keyboard.press("Space")
        if not page.evaluate("document.activeElement.checked"):  # a label's link came first
            tab_to(page, request.req_id)
            page.keyboard.press("Space")
    tab_to(page, "Read the chosen plans")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your signature")
    look(page, "officers-bulk")
    page.get_by_label("Your password").focus()
    page.keyboard.type(world.password)
    tab_to(page, "One-time code")
    page.keyboard.type(world.code("petra"))
    page.keyboard.press("Enter")
    page.wait_for_selector("text=2 plans are approved")
    states = dict(Request.objects.values_list("pk", "state"))
    assert [states[each.pk] for each in (*two, mine)] == [State.PROPAGATING, State.PROPAGATING, State.AWAITING_APPROVAL]


def test_a_hold_is_placed_checked_and_released_by_keyboard(visit, world):
    page = visit("pia", "/privacy/holds/")
    look(page, "officers-holds-empty")
    tab_to(page, "Place a hold")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=What is it?")
    look(page, "officers-hold-new")
    tab_to(page, "A legal hold")
    page.keyboard.press("Space")
    tab_to(page, "Basis in the law")
    page.get_by_label("Basis in the law").select_option("gdpr_17_3_e")
    tab_to(page, "kind of identifier")
    page.get_by_label("kind of identifier").select_option("email")
    tab_to(page, "the identifier")
    page.keyboard.type("dana@example.com")
    page.get_by_label("Last day").fill(str(clock.now().date() + timedelta(9)))
    page.get_by_label("Reason").focus()
    page.keyboard.type("a claim is before the court")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Check the hold")
    look(page, "officers-hold-check")
    assert not Hold.objects.exists()
    tab_to(page, "Place the hold")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is in force")
    look(page, "officers-hold")
    assert "dana@example.com" not in page.content()
    tab_to(page, "Release it")
    page.keyboard.press("Enter")
    page.wait_for_selector("textarea")
    page.get_by_label("Reason").focus()
    page.keyboard.type("settled")
    tab_to(page, "Release the hold")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The hold is released")


def test_the_inbox_and_a_request_keep_the_focus_while_the_page_polls(visit, world, two):
    Request.objects.filter(pk=two[0].pk).update(state=State.PROPAGATING)
    step = two[0].steps.get()
    two[0].plans.update(state="approved")
    two[0].steps.update(
        state="retry", error="the disk of shop is full", next_attempt_at=clock.now() + timedelta(hours=1)
    )
    page = visit("pia", "/privacy/?trouble=yes")
    look(page, "officers-inbox")
    tab_to(page, two[0].req_id)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=the disk of shop is full")
    look(page, "officers-request")
    page.locator(f"#retry-{step.pk}").focus()
    with page.expect_response(lambda answer: "/progress/" in answer.url):
        pass
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.id") == f"retry-{step.pk}"
    page.get_by_role("link", name="shop", exact=True).click()
    look(page, "officers-step")


def test_the_head_of_data_reads_why_a_plan_is_of_high_risk(visit, world):
    request = submitted(world, preview={"count": 20_000})
    page = visit("hal", "/privacy/")
    look(page, "officers-counts")
    tab_to(page, request.req_id)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Why it is of high risk")
    look(page, "officers-high-risk")
