"""Signing in through the pages, as people do: password, then one-time code; and what is refused on the way."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from portal.core.identity.actors import actor_of
from portal.core.identity.models import User
from portal.core.identity.services import add_person
from tests.people import World, secret_of


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> None:
    """Rate limits count over the whole suite by address; each test starts with none."""
    cache.clear()


def with_password(client: Client, who: str, password: str):
    return client.post("/accounts/login/", {"login": f"{who}@example.org", "password": password})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_person_signs_in_with_password_and_then_the_code(world: World) -> None:
    client = Client()

    answer = with_password(client, "ana", world.password)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert not signed_in(client)
    assert client.get("/people/")["Location"].startswith("/accounts/login/")

    client.post("/accounts/2fa/authenticate/", {"code": world.code("ana")})
    assert signed_in(client)
    assert client.get("/people/").status_code == 200


def test_the_address_may_be_written_in_any_case(world: World) -> None:
    answer = Client().post("/accounts/login/", {"login": "ANA@Example.org", "password": world.password})
    assert answer["Location"] == "/accounts/2fa/authenticate/"


def test_a_code_that_was_used_to_sign_in_is_refused_the_second_time(world: World) -> None:
    code = world.code("ana")
    first, second = Client(), Client()
    for client in (first, second):
        with_password(client, "ana", world.password)
        client.post("/accounts/2fa/authenticate/", {"code": code})

    assert signed_in(first)
    assert not signed_in(second)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World) -> None:
    answers = [
        re.sub(r'value="[^"]*"', "", with_password(Client(), who, "guess").content.decode())
        for who in ("ana", "stranger")
    ]
    assert "not correct" in answers[0]
    assert _without_request_number(answers[0]) == _without_request_number(answers[1])


def test_after_five_wrong_passwords_even_the_right_one_waits(world: World) -> None:
    client = Client()
    for _ in range(5):
        with_password(client, "ana", "guess")

    answer = with_password(client, "ana", world.password)

    assert "Too many failed login attempts" in answer.content.decode()


def test_after_five_wrong_codes_the_person_is_told_to_wait_and_the_right_code_does_not_help(world: World) -> None:
    client = Client()
    with_password(client, "ana", world.password)
    for _ in range(5):
        answer = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert "Incorrect code" in answer.content.decode()

    answer = client.post("/accounts/2fa/authenticate/", {"code": world.code("ana")})

    assert not signed_in(client)
    assert "Too many failed login attempts" in answer.content.decode()


def test_who_was_signed_out_while_filling_in_a_form_comes_back_to_a_page_that_opens(world: World) -> None:
    client = Client()

    assert client.get("/people/?q=1")["Location"] == "/accounts/login/?next=/people/%3Fq%3D1"
    assert client.post("/people/roles/give/", {})["Location"] == "/accounts/login/?next=/"


def test_nobody_signs_up_by_themselves(world: World) -> None:
    before = User.objects.count()

    page = Client().get("/accounts/signup/")
    Client().post(
        "/accounts/signup/", {"email": "eve@example.org", "password1": world.password, "password2": world.password}
    )

    assert "administrator" in page.content.decode()
    assert User.objects.count() == before


def test_somebody_who_was_added_sets_a_password_by_mail_and_signs_in(world: World) -> None:
    add_person(actor=actor_of(world.ada), email="una@example.org", name="Una New")
    client = Client()

    client.post("/accounts/password/reset/", {"email": "una@example.org"})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body).group(1)
    form = client.get(link, follow=True).request["PATH_INFO"]
    client.post(form, {"password1": "a quite long passphrase", "password2": "a quite long passphrase"})

    assert with_password(client, "una", "a quite long passphrase").status_code == 302
    assert signed_in(client)


def test_the_secret_of_one_time_codes_is_not_in_the_database_in_clear(world: World) -> None:
    kept = Authenticator.objects.get(user=world.ana).data["secret"]

    assert secret_of("ana") not in kept
    assert world.code("ana")


ENTRANCE = ["login/", "signup/", "password/reset/", "logout/"]
ACCOUNT = ["2fa/", "email/", "password/change/", "reauthenticate/", "2fa/webauthn/", "2fa/recovery-codes/generate/"]


@pytest.mark.parametrize("path", ENTRANCE)
def test_pages_of_the_entrance_have_our_layout(world: World, path: str) -> None:
    who = "ana" if path == "logout/" else "nobody"
    _is_ours(world.client(who).get(f"/accounts/{path}"))


@pytest.mark.parametrize("path", ACCOUNT)
def test_pages_of_the_account_have_our_layout(world: World, path: str) -> None:
    _is_ours(world.client("ana").get(f"/accounts/{path}"))


def test_the_page_that_asks_for_the_code_has_our_layout_and_no_inline_script(world: World) -> None:
    client = Client()
    with_password(client, "ana", world.password)
    _is_ours(client.get("/accounts/2fa/authenticate/"))


def test_setting_up_codes_has_our_layout(world: World) -> None:
    client = world.client("ana")
    Authenticator.objects.filter(user=world.ana).delete()
    _is_ours(client.get("/accounts/2fa/totp/activate/"))


def _is_ours(answer) -> None:
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="en"' in page
    assert page.count("<main") == 1
    assert page.count("<h1") == 1
    assert re.search(r"<title>\s*[^<\s][^<]*Custody</title>", page)
    assert "Menu:" not in page
    assert " style=" not in page
    scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)
    assert [attrs for attrs in scripts if "application/json" not in attrs] == []


def _without_request_number(page: str) -> str:
    return re.sub(r"[0-9a-f]{16,}", "", page).replace("ana@example.org", "").replace("stranger@example.org", "")


def test_the_page_about_security_says_what_is_missing_without_codes(world: World) -> None:
    client = world.client("ana")
    assert "Your authenticator app makes the codes" in client.get("/accounts/2fa/").content.decode()

    Authenticator.objects.filter(user=world.ana).delete()
    assert "you can read, but not sign" in client.get("/accounts/2fa/").content.decode()
