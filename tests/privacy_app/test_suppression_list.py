"""The suppression list: asked in batches within a limit, its key rotated, its tokens expiring, and who asks."""

import json
from datetime import timedelta

import pytest

from portal.core.clock import services as clock_services
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.core.identity.tokens import issue
from privacy_app import keystore, sealing, selectors, tasks
from privacy_app.api import suppression as api
from privacy_app.models import Request, SuppressionAsk, SuppressionToken
from privacy_app.services import suppression

pytestmark = pytest.mark.django_db
EMAIL = "zoe.erased@example.com"


@pytest.fixture
def erased(world, settings, tmp_path):
    """put(value) puts one e-mail on the list, as an approval does."""
    settings.VAR_DIR = tmp_path

    def put(value=EMAIL, days=30, state="completed", number=1):
        at = clock_services.now()
        request = Request.objects.create(
            req_id=f"DEL-2026-01-01-{number:05}", key_name=f"k{number}", received_at=at, law="gdpr", state=state
        )
        version = keystore.suppression_versions()[-1]
        return SuppressionToken.objects.create(
            request=request,
            key_version=version,
            kind="email",
            token=sealing.suppression_token("email", value),
            erased_at=at,
            until=at + timedelta(days=days),
        )

    return put


@pytest.fixture
def ask(client, world):
    """ask(records) -> the API's answer to a pipeline's token."""
    token, plain = issue(
        actor=system_actor("tests"),
        name="nightly load",
        scopes=["suppression:check"],
        namespaces=["*"],
        expires_at=clock_services.now() + timedelta(days=365),
    )

    def post(*records):
        body = json.dumps({"records": list(records)})
        headers = {"Authorization": f"Bearer {plain}"}
        return client.post("/api/v1/suppression/check", body, content_type="application/json", headers=headers)

    post.token = token
    return post


def at(days):
    return (clock_services.now() + timedelta(days=days)).isoformat()


def test_a_whole_batch_of_a_thousand_records_fits_and_each_answer_says_how_much_is_left(erased, ask):
    erased()
    emails = (f"person.{number:06}@a-longer-domain.example.com" for number in range(999))
    records = [{"kind": "email", "value": email, "event_time": at(-1)} for email in emails]
    answer = ask(*records, {"kind": "email", "value": f" {EMAIL.upper()} ", "event_time": at(-1)})
    assert answer.status_code == 200, answer.content
    assert answer.json()["suppressed"] == [False] * 999 + [True]
    assert (answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == (str(api.A_MINUTE), str(api.A_MINUTE - 1))
    assert 0 < int(answer["RateLimit-Reset"]) <= 60


def test_a_token_that_asks_too_often_is_told_when_to_come_back(erased, ask, monkeypatch):
    monkeypatch.setattr(api, "A_MINUTE", 2)
    record = {"kind": "email", "value": EMAIL, "event_time": at(-1)}
    answers = [ask(record) for _ in range(3)]
    if answers[-1].status_code == 200:  # the minute turned between two of them
        answers += [ask(record) for _ in range(2)]
    last = answers[-1]
    assert last.status_code == 429
    assert last["Retry-After"] == last["RateLimit-Reset"]
    assert last["RateLimit-Remaining"] == "0"
    assert EMAIL not in last.content.decode()


def test_after_a_rotation_old_tokens_still_suppress_and_the_old_key_goes_with_the_last_of_them(erased, ask, world):
    erased(days=10)
    first = suppression.fingerprint(1)
    assert suppression.rotate(user=world.pia) == 2
    assert suppression.fingerprint(2) != first
    erased("new@example.com", days=100, number=2)
    emails = (EMAIL, "new@example.com", "other@example.com")
    records = [{"kind": "email", "value": value, "event_time": at(-1)} for value in emails]
    assert ask(*records).json()["suppressed"] == [True, True, False]
    assert sorted(SuppressionToken.objects.values_list("key_version", flat=True)) == [1, 2]
    clock_services.move(clock_services.offset() + timedelta(days=11))
    assert tasks.expire_suppressions() == 1
    assert keystore.suppression_versions() == [2]
    assert Entry.objects.get(kind="privacy:suppression:expired").payload == {"tokens": 1, "key_versions": "1"}
    assert Entry.objects.get(kind="privacy:suppression:key_destroyed").payload == {"version": 1}
    assert ask(*records).json()["suppressed"] == [False, True, False]
    assert tasks.expire_suppressions() == 0


def test_a_request_that_was_cancelled_suppresses_nobody(erased, ask):
    erased(state="cancelled")
    assert ask({"kind": "email", "value": EMAIL, "event_time": at(-1)}).json()["suppressed"] == [False]


def test_a_record_newer_than_the_erasure_is_let_through(erased, ask):
    erased()
    assert ask({"kind": "email", "value": EMAIL, "event_time": at(1)}).json()["suppressed"] == [False]


def test_the_page_shows_counts_keys_and_who_asks_and_names_nobody(erased, ask, client, world):
    erased()
    ask({"kind": "email", "value": EMAIL, "event_time": at(-1)}, {"kind": "email", "value": "x", "event_time": at(-1)})
    row = SuppressionAsk.objects.get()
    assert (row.token, row.calls, row.records, row.suppressed) == (ask.token, 1, 2, 1)
    client.force_login(world.pia)
    shown = client.get("/privacy/suppression/").content.decode()
    assert "nightly load" in shown
    assert suppression.fingerprint(1) in shown
    assert "example.com" not in shown
    assert selectors.suppression_by_kind(world.pia)[0]["tokens"] == 1
