"""The public pages of a deletion request on a telephone's width and by keyboard alone: asking, proving, withdrawing."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import transaction

from privacy_app import tasks
from privacy_app.models import Request
from privacy_app.services import identity
from tests.browser.browsing import assert_accessible, assert_fits, focused, shoot
from tests.browser.test_deletion_journey import elsewhere
from tests.privacy_app.conftest import code_in, letters  # noqa: F401 the letters of the app's own tests


@pytest.fixture
def narrow(visit):
    """A page 320 px wide, with a look at it: `narrow(path)`."""
    cache.clear()  # the limits of other tests
    return lambda path: visit("nobody", path, width=320)


def look(page, name):
    assert_accessible(page)
    assert_fits(page)
    shoot(page, f"narrow-{name}")


def press_until(page, name, key="Tab", most=40):
    """Go on by keyboard until the thing with this name has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if name in focused(page):
            return
    raise AssertionError(f"{name!r} cannot be reached by keyboard; the focus is on {focused(page)!r}")


def answer(page, label, text):
    press_until(page, label)
    page.keyboard.type(text)


def status_path(letter):
    return re.search(r"http://localhost:\d+(/privacy/status/\S+)", letter.body)[1]


def test_somebody_asks_proves_two_addresses_and_withdraws_by_keyboard_at_320_px(world, narrow, letters):  # noqa: F811
    page = narrow("/privacy/ask/")
    look(page, "ask")
    answer(page, "email", "dana@example.com")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Question 2 of 3")
    look(page, "ask-more")
    answer(page, "second_email", "dana.old@example.com")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Question 3 of 3")
    look(page, "ask-law")
    press_until(page, "law")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Check your answers")
    look(page, "check")
    press_until(page, "Send the request")
    page.keyboard.press("Enter")
    page.wait_for_selector(".confirmation")
    look(page, "reference")
    elsewhere(tasks.send_codes)
    told = letters()
    assert {each.to for each in told} == {"dana@example.com", "dana.old@example.com"}

    page.goto(status_path(told[0]))
    look(page, "status")
    answer(page, "code", "AAAAAAAA")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=There is a problem")
    look(page, "wrong-code")
    code = re.findall(r"^[2-9A-Z]{8}$", told[0].body, re.MULTILINE)[0]
    page.get_by_label("The code from our message").fill("")
    page.get_by_label("The code from our message").focus()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Proved")
    look(page, "one-of-two")
    press_until(page, "Withdraw the request")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nothing has been deleted yet")
    look(page, "withdraw")
    press_until(page, "Withdraw it")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Cancelled")
    look(page, "withdrawn")
    assert Request.objects.get().closed_because == "withdrawn"


def test_a_denied_and_a_duplicate_request_read_well_for_their_subject(world, narrow, letters):  # noqa: F811
    from portal.core.identity.actors import system_actor
    from privacy_app.services import intake, lifecycle

    def prepare():
        for email in ("dana@example.com", "eve@example.com"):
            made = intake.receive(actor=system_actor("tests"), channel="form", email=email)
            tasks.send_codes()
            identity.override(user=world.pia, request_id=made.pk, reason="known")
        first, second = Request.objects.order_by("pk")
        lifecycle.deny(user=world.pia, request_id=first.pk, basis="GDPR Art. 17(3)(b)", text="Tax law.")
        third = intake.receive(actor=system_actor("tests"), channel="form", email="eve@example.com")
        from privacy_app.domain.request import Action
        from privacy_app.domain.status_words import Because

        third.state, third.duplicate_of, third.closed_text = "resolving", second, f"Part of {second.req_id}."
        with transaction.atomic():
            lifecycle.end(third, Action.ATTACH_DUPLICATE, Because.DUPLICATE, system_actor("tests"))

    elsewhere(prepare)
    for email, state in (("dana@example.com", "Denied"), ("eve@example.com", "Duplicate")):
        letter = next(each for each in letters() if each.to == email)
        path = status_path(letter)
        if state == "Duplicate":
            from privacy_app.services.notices import status_link

            path = re.search(r"(/privacy/status/\S+)", status_link(Request.objects.latest("pk")))[1]
        page = narrow(path)
        assert state in page.content()
        look(page, state.lower())
