"""The public form and the subject's own page: no account, the same answer for everybody, nothing kept in a session."""

import json
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from privacy_app.domain.request import State
from privacy_app.models import Request
from privacy_app.tasks import send_codes

ANSWERS = {"email": "dana@example.com", "customer_id": "c_1", "law": "gdpr"}


@pytest.fixture
def public(world):
    cache.clear()  # the limits of other tests
    return world.client()


def ask(public, **more):
    data = {"step": "3", "idempotency_key": "7f9c24e8-3b12-4fef-91e0-000000000001", **ANSWERS, **more}
    return public.post(reverse("privacy:intake"), data)


def test_one_question_a_page_then_the_answers_then_a_reference(public):
    page = public.get(reverse("privacy:intake"))
    assert "Question 1 of 3" in page.content.decode()
    page = public.post(reverse("privacy:intake"), {"step": "0", "email": ANSWERS["email"]})
    assert "Question 2 of 3" in page.content.decode()
    page = public.post(reverse("privacy:intake"), {"step": "1", "email": ANSWERS["email"], "customer_id": "c_1"})
    assert "Question 3 of 3" in page.content.decode()
    page = public.post(reverse("privacy:intake"), {"step": "2", **ANSWERS})
    assert "Check your answers" in page.content.decode()
    assert "c_1" in page.content.decode()
    done = ask(public)
    assert re.search(r"DEL-\d{4}-\d{2}-\d{2}-\d{4}", done.content.decode())
    assert Request.objects.get().state == State.RECEIVED
    send_codes()
    assert Request.objects.get().state == State.IDENTITY_PENDING


def test_a_wrong_address_is_answered_with_the_question_again(public):
    page = public.post(reverse("privacy:intake"), {"step": "0", "email": "no address"})
    assert page.status_code == 422
    assert "There is a problem" in page.content.decode()


def test_sending_twice_makes_one_request(public):
    assert ask(public).content.count(b"DEL-") == ask(public).content.count(b"DEL-")
    assert Request.objects.count() == 1


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(public, drive, four):
    known = ask(public, email=four.email, idempotency_key="7f9c24e8-3b12-4fef-91e0-000000000002").content.decode()
    unknown = ask(public).content.decode()
    blank = re.compile(r"DEL-[\d-]+|nonce|csrf\S+|value=\"[^\"]+\"")
    assert blank.sub("", known) == blank.sub("", unknown)


def test_too_many_requests_from_one_network_are_told_to_wait(public):
    answers = [ask(public, idempotency_key=f"7f9c24e8-3b12-4fef-91e0-{n:012d}").status_code for n in range(21)]
    assert answers[:20] == [200] * 20
    assert answers[20] == 429


def link_in(letter):
    return re.search(r"http://localhost:\d+(/privacy/status/\S+)", letter.body)[1]


def test_the_link_of_the_letter_takes_the_code_and_a_guessed_link_leads_nowhere(public, letters, code_in):
    ask(public)
    code, link = code_in(), link_in(letters()[-1])
    assert public.get(link).status_code == 200
    assert public.get(link)["Referrer-Policy"] == "same-origin"
    reference = Request.objects.get().req_id
    assert public.get(reverse("privacy:status", args=[reference, "guessed"])).status_code == 404
    wrong = public.post(link, {"code": "AAAAAAAA"})
    assert wrong.status_code == 422
    assert "This code is wrong" in wrong.content.decode()
    assert public.post(link, {"code": code}).status_code == 302
    assert Request.objects.get().state == State.RESOLVING


def test_the_subject_withdraws_before_anything_is_deleted(public, letters):
    ask(public)
    link = link_in(letters()[-1])
    public.post(link + "withdraw/")
    assert Request.objects.get().state == State.CANCELLED


def api(world, body, scope="privacy:intake", **headers):
    bearer = {"Authorization": f"Bearer {world.token(scope)}", **headers}
    sent = body if isinstance(body, str) else json.dumps(body)
    url = reverse("api:privacy-intake")
    return world.client().post(url, sent, content_type="application/json", headers=bearer)


def test_the_api_gives_a_reference_and_the_same_one_for_the_same_key(world):
    from django.test import Client

    bearer = {"Authorization": f"Bearer {world.token('privacy:intake')}", "Idempotency-Key": "abc"}
    send = lambda: Client().post(  # noqa: E731 two identical calls
        reverse("api:privacy-intake"), json.dumps({"email": "dana@example.com"}), "application/json", headers=bearer
    )
    first, second = send(), send()
    assert (first.status_code, first.json()["req_id"]) == (201, second.json()["req_id"])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("not json", "not JSON"),
        ("[]", "JSON object"),
        ({}, "`email` must be an e-mail address"),
        ({"email": "dana@example.com", "claims": {"email": "x"}}, "`claims` must map"),
        ({"email": "dana@example.com", "law": "moon"}, "`law` must be one of"),
        ({"email": "dana@example.com", "claims": {"k": "v" * 300}}, "`claims` must map"),
    ],
)
def test_bad_input_gets_a_clear_answer(world, body, says):
    answer = api(world, body)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert "dana" not in answer.content.decode()


def test_a_token_of_another_scope_is_refused(world):
    assert api(world, {"email": "dana@example.com"}, scope="lineage:write").status_code == 403
