"""The pages of people and of one's own account in a real browser, passkeys included."""

from __future__ import annotations

import re

import pytest

from portal.core.identity.models import Membership, ServiceToken
from tests.browser.browsing import assert_accessible, assert_fits, focused, shoot
from tests.browser.passkeys import Device, with_passkey

HOME = re.compile(r"^http://localhost:\d+/$")
PAGES = {
    "people": "/people/",
    "team": "/people/teams/platform/",
    "give-role": "/people/roles/give/",
    "members": "/people/members/",
    "add-person": "/people/members/add/",
    "tokens": "/people/tokens/",
    "issue-token": "/people/tokens/issue/",
    "security": "/accounts/2fa/",
    "change-password": "/accounts/password/change/",
    "change-email": "/accounts/email/",
    "recovery-codes": "/accounts/2fa/recovery-codes/generate/",
    "add-passkey": "/accounts/2fa/webauthn/add/",
    "passkeys": "/accounts/2fa/webauthn/",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_people_and_account_reads_well_and_fits_a_phone(visit, world, scheme: str) -> None:
    world.token("lineage:write", namespaces=("demo*",))
    page = visit("ada", "/people/", scheme=scheme)
    check = {
        "take-role": f"/people/roles/{Membership.objects.get(user=world.bob).pk}/take/",
        "revoke-token": f"/people/tokens/{ServiceToken.objects.get().pk}/revoke/",
    }
    for name, path in (PAGES | check).items():
        page.goto(path)
        assert_accessible(page)
        assert_fits(page)
        shoot(page, f"people-{name}-{scheme}")


def test_a_token_is_issued_by_keyboard_and_shown_once(visit, world) -> None:
    page = visit("ada", "/people/tokens/issue/")
    page.get_by_label("Name", exact=True).fill("nightly")
    page.get_by_role("checkbox", name="lineage:write").press("Space")
    page.get_by_label("Namespaces").fill("demo*")
    page.get_by_role("button", name="Issue the token").press("Enter")
    page.wait_for_selector("#token")
    shown = page.locator("#token").inner_text()
    assert_accessible(page)
    page.get_by_role("link", name="Go to the service tokens").click()
    assert page.get_by_text(shown[:16]).is_visible()
    assert shown not in page.content()


def test_a_person_adds_a_passkey_and_signs_in_with_it_alone(visit, world) -> None:
    page = visit("ana", "/accounts/2fa/webauthn/add/")
    Device.plug_in(page)
    page.get_by_role("textbox", name="Name").fill("My laptop")
    page.get_by_role("checkbox").check()
    assert_accessible(page)
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/**")

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(HOME)
    page.goto("/accounts/2fa/")
    assert page.get_by_text("1 passkey.").is_visible()


def test_why_no_passkey_was_added_is_a_sentence_with_the_focus(visit) -> None:
    page = visit("ana", "/accounts/2fa/webauthn/add/")
    Device.plug_in(page).verifies(person=False)

    page.get_by_role("button", name="Add").press("Enter")

    page.locator("[data-trouble]:visible").wait_for()
    assert "You stopped it, or its time ran out" in focused(page)
    assert_accessible(page)


def test_a_passkey_is_listed_and_removed_by_its_name(visit) -> None:
    page = visit("ana", "/")
    with_passkey(page, name="Laptop")
    page.goto("/accounts/2fa/webauthn/")
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "people-passkeys-one")

    page.get_by_role("link", name="Remove Laptop").press("Enter")
    page.get_by_role("main").get_by_role("button", name="Remove").press("Enter")

    page.get_by_text("No passkeys yet").wait_for()
