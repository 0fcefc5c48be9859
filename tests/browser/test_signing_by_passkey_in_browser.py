"""Signing a contract in a real browser: with a passkey, by keyboard alone, and everything that can go wrong with it."""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from contracts_app.models import Version
from portal.core.evidence.keys import fingerprint, server_key
from portal.core.evidence.services import sequence_all
from portal.core.signing.models import Signature
from tests.browser.browsing import assert_accessible, assert_fits, focused, shoot
from tests.browser.passkeys import with_passkey
from tests.contracts_app.test_contract_life import estate, propose  # noqa: F401 the names that the example uses
from tests.passkeys import SoftPasskey
from tests.people import PASSWORD

BUTTON = "Sign with your passkey"


@pytest.fixture
def proposed(estate) -> Version:
    """The programme's contract, proposed by Bob; three people have to sign."""
    return propose(estate)


@pytest.fixture
def sign_page(visit, proposed):
    """Ana's sign page with the device that holds her passkey."""
    page = visit("ana", "/")
    device = with_passkey(page)
    page.goto(reverse("contracts:sign", args=[proposed.pk]))
    return page, device


def trouble(page) -> str:
    page.locator("[data-trouble]:visible").wait_for()
    return focused(page)


def test_a_contract_is_signed_by_passkey_with_the_keyboard_alone(sign_page, proposed) -> None:
    page, _ = sign_page
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "sign-by-passkey")
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == BUTTON:
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"signed="))

    given = Signature.objects.get()
    assert (given.method, given.digest, given.user.email) == ("passkey", proposed.digest, "ana@example.org")
    assert given.assertion.sign_count > 0
    shoot(page, "signed-by-passkey")


def test_the_page_says_what_a_signature_is_not_and_offers_the_weaker_way_folded_away(sign_page) -> None:
    page, _ = sign_page

    assert page.get_by_text("This is not a qualified electronic signature (eIDAS).").is_visible()
    assert not page.get_by_label("Your password").is_visible()
    page.get_by_text("Sign with password and one-time code instead (weaker)").press("Enter")
    assert page.get_by_label("Your password").is_visible()
    assert_accessible(page)
    shoot(page, "sign-by-passkey-other-way")


def test_who_is_not_verified_by_the_device_reads_why_and_can_try_again(sign_page) -> None:
    page, device = sign_page
    device.verifies(person=False)

    page.get_by_role("button", name=BUTTON).click()

    assert "You stopped it, its time ran out, or this device holds none of your passkeys" in trouble(page)
    assert_accessible(page)
    shoot(page, "sign-by-passkey-refused")
    assert not Signature.objects.exists()
    device.verifies(person=True)
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url(re.compile(r"signed="))
    assert Signature.objects.get().method == "passkey"


def test_a_device_without_the_passkey_is_told_in_a_sentence(sign_page) -> None:
    page, device = sign_page
    device.forget()

    page.get_by_role("button", name=BUTTON).click()

    assert "none of your passkeys" in trouble(page)
    assert not Signature.objects.exists()


def test_a_passkey_removed_from_the_account_while_the_page_was_open_signs_nothing(sign_page) -> None:
    page, _ = sign_page
    Authenticator.objects.get(type="webauthn").delete()

    page.get_by_role("button", name=BUTTON).click()

    page.get_by_text("This passkey is not, or no longer, one of yours").wait_for()
    assert page.get_by_role("link", name="Add a passkey").is_visible()
    assert not Signature.objects.exists()


def test_a_copied_passkey_whose_counter_goes_back_signs_nothing(sign_page, visit, estate, proposed) -> None:
    page, device = sign_page
    copy = device.passkeys()[0]
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url(re.compile(r"signed="))
    device.restore(copy)

    again = propose(estate)
    page.goto(reverse("contracts:sign", args=[again.pk]))
    page.get_by_role("button", name=BUTTON).click()

    page.get_by_text("there may be a copy of it").wait_for()
    assert Signature.objects.count() == 1


def test_at_another_address_the_page_says_where_passkeys_work(sign_page, settings) -> None:
    page, _ = sign_page
    settings.BASE_URL = "http://localhost:1"
    page.reload()

    assert "Passkeys work at http://localhost:1 only" in trouble(page)


def test_without_scripts_the_other_way_still_signs(chromium, live_server, estate, proposed) -> None:
    SoftPasskey.enrol(estate, "ana")
    with chromium.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        session = estate.client("ana").cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(reverse("contracts:sign", args=[proposed.pk]))

        assert page.get_by_text("Signing with your passkey needs JavaScript").is_visible()
        assert not page.get_by_role("button", name=BUTTON).is_visible()
        page.get_by_text("Sign with password and one-time code instead").click()
        page.get_by_label("Your password").fill(estate.password)
        page.get_by_label("One-time code").fill(estate.code("ana"))
        page.get_by_role("button", name="Sign as producer").click()
        page.wait_for_url(re.compile(r"signed="))
    assert Signature.objects.get().method == "password_totp"


def test_who_has_no_passkey_is_led_to_the_page_that_adds_one(visit, proposed) -> None:
    page = visit("ana", reverse("contracts:sign", args=[proposed.pk]))

    assert page.get_by_label("Your password").is_visible()
    assert page.get_by_role("button", name=BUTTON).count() == 0
    page.get_by_role("link", name="Add a passkey").click()
    page.wait_for_url("**/accounts/2fa/webauthn/add/")


def test_who_has_only_a_passkey_signs_in_with_password_and_passkey_and_signs(visit, proposed) -> None:
    page = visit("ana", "/")
    with_passkey(page)
    Authenticator.objects.filter(type="totp", user__email="ana@example.org").delete()
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").or_(page.get_by_label("Email")).first.fill("ana@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).press("Enter")
    page.get_by_role("button", name="Use a passkey instead").press("Enter")
    page.wait_for_url(re.compile(r"localhost:\d+/$"))

    page.goto(reverse("contracts:sign", args=[proposed.pk]))
    assert page.get_by_text("instead (weaker)").count() == 0, "there is no weaker way to offer"
    page.get_by_role("button", name=BUTTON).press("Enter")
    page.wait_for_url(re.compile(r"signed="))
    assert Signature.objects.get().method == "passkey"


def test_an_auditor_takes_the_bundle_from_the_page_and_checks_it(visit, sign_page, proposed) -> None:
    page, _ = sign_page
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url(re.compile(r"signed="))
    sequence_all()
    auditor = visit("aud", f"{proposed.get_absolute_url()}&tab=signatures")
    assert_accessible(auditor)
    assert_fits(auditor)
    shoot(auditor, "contract-signatures")

    with auditor.expect_download() as waiting:
        auditor.get_by_role("link", name="Evidence bundle").click()
    auditor.goto(reverse("evidence:verify"))
    auditor.locator("input[type=file]").first.set_input_files(waiting.value.path())
    auditor.get_by_label("Fingerprint").fill(fingerprint(server_key().public))
    auditor.get_by_role("button", name="Verify", exact=True).click()
    auditor.get_by_text("the person verified").wait_for()
    auditor.get_by_text("The person added this passkey").wait_for()
    assert_accessible(auditor)
    shoot(auditor, "contract-bundle-verified")
