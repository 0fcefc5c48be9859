"""Each channel against a server that writes down what it is sent: the payload to the letter, and what answers mean."""

import email
import hashlib
import hmac
import json
import re
from email import policy
from pathlib import Path

import pytest

from portal.core.notify.alertmanager_form import fingerprint
from portal.core.notify.base import ACTIONS, DeliveryFailed
from portal.core.notify.kinds.pagerduty import MOST_BYTES, event
from portal.core.notify.kinds.slack import message
from portal.core.notify.models import Message
from portal.core.notify.outgoing import own_key
from portal.core.notify.registry import channels
from portal.core.notify.services import deliver_waiting, enqueue

HTTP = ["webhook", "pagerduty", "slack", "alertmanager", "alertmanager_webhook"]


@pytest.fixture
def address_of(recorder, settings, monkeypatch):
    """The address of each channel, all leading to the recorder; secrets lie behind references."""
    monkeypatch.setenv("CUSTODY_SECRET_SLACK", f"{recorder.url}/services/T0/B0/secret")
    monkeypatch.setenv("CUSTODY_SECRET_ROUTING", "routing-key-1")
    monkeypatch.setenv("CUSTODY_SECRET_HOOK", "hook-key-1")
    settings.PAGERDUTY_URL = f"{recorder.url}/v2/enqueue"
    return {
        "webhook": f"{recorder.url}/hook?a=1 env:CUSTODY_SECRET_HOOK",
        "pagerduty": "env:CUSTODY_SECRET_ROUTING",
        "slack": "env:CUSTODY_SECRET_SLACK",
        "alertmanager": f"{recorder.url}/am/ env:CUSTODY_SECRET_HOOK",
        "alertmanager_webhook": f"{recorder.url}/webhook",
    }


def deliver(kind, letter):
    channels()[kind]().deliver(letter)


def test_every_channel_is_tried_here():
    assert set(channels()) == {*HTTP, "email"}


def test_pagerduty_triggers_with_the_payload_of_events_v2(recorder, address_of, letter_of):
    recorder.answers = [(202, {}, b'{"status":"success"}')]
    deliver("pagerduty", letter_of(address_of["pagerduty"]))
    assert recorder.seen[0][0] == "/v2/enqueue"
    assert recorder.json() == {
        "routing_key": "routing-key-1",
        "event_action": "trigger",
        "dedup_key": "ab12:7",
        "payload": {
            "summary": "Freshness of orders: 41 minutes",
            "source": "app/orders",
            "severity": "critical",
            "timestamp": "2026-03-02T08:00:00+00:00",
            "component": "orders",
            "group": "platform",
            "class": "slo",
            "custom_details": {
                "target": "<= 15 min",
                "asset": "app/orders",
                "kind": "freshness",
                "slo": "default",
                "text": "Orders are 41 minutes old.",
            },
        },
        "client": "Custody",
        "client_url": "https://custody.example/slos/incidents/7/",
        "links": [{"href": "https://custody.example/slos/runbooks/3/", "text": "Runbook"}],
    }


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_pagerduty_acknowledges_and_resolves_by_the_same_key_without_a_payload(recorder, address_of, letter_of, action):
    deliver("pagerduty", letter_of(address_of["pagerduty"], action))
    assert recorder.json() == {"routing_key": "routing-key-1", "event_action": action, "dedup_key": "ab12:7"}


def test_pagerduty_gets_no_more_than_its_limit_and_the_custom_details_go_first(letter_of):
    small = event(letter_of("", body="x" * 400_000), "key")
    assert "custom_details" in json.loads(small)["payload"]
    large = event(letter_of("", body="ü" * MOST_BYTES), "key")
    assert len(large) <= MOST_BYTES
    payload = json.loads(large)["payload"]
    assert "custom_details" not in payload
    assert payload["summary"] == "Freshness of orders: 41 minutes"


def test_pagerduty_takes_a_long_key_as_its_digest_and_a_long_summary_cut(letter_of):
    made = json.loads(event(letter_of("", details={"key": "k" * 300, "summary": "s" * 3000}), "key"))
    assert made["dedup_key"] == hashlib.sha256(b"k" * 300).hexdigest()
    assert len(made["payload"]["summary"]) == 1024


def test_alertmanager_webhooks_have_version_4_and_an_open_alert_ends_in_the_year_one(
    recorder, address_of, letter_of, settings
):
    deliver("alertmanager_webhook", letter_of(address_of["alertmanager_webhook"]))
    key = hashlib.sha256(b"ab12:7").hexdigest()[:16]
    labels = {
        "asset": "app/orders", "kind": "freshness", "slo": "default", "alertname": "slo", "severity": "page",
        "team": "platform", "custody_key": key,
    }  # fmt: skip
    annotations = {
        "target": "<= 15 min",
        "summary": "Freshness of orders: 41 minutes",
        "description": "Orders are 41 minutes old.",
        "runbook_url": "https://custody.example/slos/runbooks/3/",
    }
    assert recorder.json() == {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="slo", custody_key="{key}"}}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "platform",
        "groupLabels": {"alertname": "slo", "custody_key": key},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": settings.BASE_URL,
        "alerts": [
            {
                "status": "firing",
                "labels": labels,
                "annotations": annotations,
                "startsAt": "2026-03-02T08:00:00+00:00",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "https://custody.example/slos/incidents/7/",
                "fingerprint": fingerprint(labels),
            }
        ],
    }
    deliver("alertmanager_webhook", letter_of(address_of["alertmanager_webhook"], "resolve"))
    [alert] = recorder.json()["alerts"]
    assert (alert["status"], alert["endsAt"]) == ("resolved", "2026-03-02T09:00:00+00:00")
    assert alert["fingerprint"] == fingerprint(labels)


def test_the_fingerprint_is_the_one_that_prometheus_computes():
    # prometheus/common, model/labelset_test.go and signature_test.go
    assert fingerprint({}) == f"{14695981039346656037:016x}"
    assert fingerprint({"name": "garland, briggs", "fear": "love is not enough"}) == f"{5799056148416392346:016x}"


def test_label_names_that_prometheus_refuses_are_made_fit(recorder, address_of, letter_of):
    labels = {"my label-1": "a", "9lives": "b", "": "c", "ok": ""}
    deliver("alertmanager_webhook", letter_of(address_of["alertmanager_webhook"], details={"labels": labels}))
    sent = recorder.json()["commonLabels"]
    assert all(re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", name) for name in sent)
    assert (sent["my_label_1"], sent["_9lives"]) == ("a", "b")
    assert "ok" not in sent, "an empty label is no label"


@pytest.mark.django_db
def test_alertmanager_itself_gets_a_list_of_alerts_that_say_until_when_they_fire(recorder, address_of, letter_of):
    deliver("alertmanager", letter_of(address_of["alertmanager"]))
    path, headers, _ = recorder.seen[0]
    assert (path, headers["Authorization"]) == ("/am/api/v2/alerts", "Bearer hook-key-1")
    [alert] = recorder.json()
    assert set(alert) == {"labels", "annotations", "startsAt", "endsAt", "generatorURL"}
    deliver("alertmanager", letter_of(address_of["alertmanager"], "resolve"))
    [resolved] = recorder.json()
    assert resolved["labels"] == alert["labels"]
    assert resolved["endsAt"] == "2026-03-02T08:59:00+00:00", "clocks differ, and an end to come would be no end"
    short = {"ended_at": "2026-03-02T08:00:07+00:00"}
    deliver("alertmanager", letter_of(address_of["alertmanager"], "resolve", details=short))
    assert recorder.json()[0]["endsAt"] == "2026-03-02T08:00:00+00:00"


def test_slack_gets_a_fallback_text_and_blocks_with_buttons(recorder, address_of, letter_of):
    deliver("slack", letter_of(address_of["slack"]))
    assert recorder.seen[0][0] == "/services/T0/B0/secret"
    assert recorder.json() == {
        "text": "INC-00007 fired",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "INC-00007 fired"}},
            {"type": "section", "text": {"type": "mrkdwn", "text": "Orders are 41 minutes old."}},
            {
                "type": "section",
                "fields": [
                    {"type": "mrkdwn", "text": "*State*\nOpen"},
                    {"type": "mrkdwn", "text": "*Severity*\npage"},
                    {"type": "mrkdwn", "text": "*Team*\nplatform"},
                    {"type": "mrkdwn", "text": "*Since*\n2026-03-02T08:00:00+00:00"},
                    {"type": "mrkdwn", "text": "*asset*\napp/orders"},
                    {"type": "mrkdwn", "text": "*kind*\nfreshness"},
                    {"type": "mrkdwn", "text": "*slo*\ndefault"},
                ],
            },
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "Open"},
                        "url": "https://custody.example/slos/incidents/7/",
                    },
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "Runbook"},
                        "url": "https://custody.example/slos/runbooks/3/",
                    },
                ],
            },
        ],
    }


def test_slack_is_never_given_more_than_it_takes_and_no_name_can_ring_a_whole_channel(letter_of):
    labels = {f"label {n}<!channel>": "&" * 5000 for n in range(40)}
    made = message(letter_of("", subject="<!here> & " * 400, body="<@U1>&" * 9000, details={"labels": labels}))
    header, section, fields, *_ = made["blocks"]
    assert len(header["text"]["text"]) <= 150
    assert len(section["text"]["text"]) <= 3000
    assert len(fields["fields"]) <= 10
    assert all(len(field["text"]) <= 2000 for field in fields["fields"])
    whole = json.dumps(made, ensure_ascii=False)
    assert len(whole) < 13_200
    assert "<" not in whole
    assert not re.search(r"&(?!amp;|lt;|gt;)", whole), "no entity is cut in two"


def test_a_webhook_carries_the_facts_and_is_signed_with_the_secret_of_its_own_address(recorder, address_of, letter_of):
    deliver("webhook", letter_of(address_of["webhook"]))
    path, headers, body = recorder.seen[0]
    assert path == "/hook?a=1"
    stamp = headers["X-Custody-Timestamp"]
    expected = hmac.new(b"hook-key-1", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Custody-Signature"] == expected
    assert headers["X-Custody-Id"] == "k:7:1"
    assert set(recorder.json()) == {"id", "subject", "body", "details"}
    assert recorder.json()["details"]["labels"]["asset"] == "app/orders"


def test_two_webhooks_without_a_secret_have_keys_of_their_own(recorder, letter_of, settings):
    one, two = f"{recorder.url}/one", f"{recorder.url}/two"
    assert len({own_key(one), own_key(two), settings.SECRET_KEY}) == 3
    deliver("webhook", letter_of(one))
    _, headers, body = recorder.seen[0]
    signed = hmac.new(own_key(one).encode(), f"{headers['X-Custody-Timestamp']}.".encode() + body, hashlib.sha256)
    assert headers["X-Custody-Signature"] == signed.hexdigest()


@pytest.mark.parametrize("kind", HTTP)
@pytest.mark.parametrize("status", [500, 503, 429])
@pytest.mark.django_db
def test_what_may_be_tried_again_says_when(recorder, address_of, letter_of, kind, status):
    recorder.answers = [(status, {"Retry-After": "90"}, b"busy")]
    with pytest.raises(DeliveryFailed) as failure:
        deliver(kind, letter_of(address_of[kind]))
    assert (failure.value.permanent, failure.value.retry_after_s) == (False, 90)
    assert str(failure.value) == f"The receiver answered {status}: busy"


@pytest.mark.parametrize("kind", HTTP)
@pytest.mark.parametrize("status", [301, 400, 403, 404, 410])
@pytest.mark.django_db
def test_what_is_refused_for_good_is_not_tried_again(recorder, address_of, letter_of, kind, status):
    recorder.answers = [(status, {"Location": "http://127.0.0.1:1/"}, b"")]
    with pytest.raises(DeliveryFailed) as failure:
        deliver(kind, letter_of(address_of[kind]))
    assert failure.value.permanent
    assert len(recorder.seen) == 1


@pytest.mark.django_db
def test_retry_after_may_be_a_date(recorder, address_of, letter_of):
    recorder.answers = [(429, {"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}, b""), (429, {"Retry-After": "x"}, b"")]
    with pytest.raises(DeliveryFailed) as failure:
        deliver("slack", letter_of(address_of["slack"]))
    assert failure.value.retry_after_s > 1_000_000
    with pytest.raises(DeliveryFailed) as failure:
        deliver("slack", letter_of(address_of["slack"]))
    assert failure.value.retry_after_s is None


@pytest.mark.parametrize("kind", HTTP)
@pytest.mark.django_db
def test_private_addresses_are_refused_and_the_sentence_names_no_address(
    recorder, address_of, letter_of, kind, settings
):
    settings.WEBHOOK_PRIVATE_HOSTS = []
    with pytest.raises(DeliveryFailed, match="private network") as failure:
        deliver(kind, letter_of(address_of[kind]))
    assert failure.value.permanent
    assert "127.0.0.1" not in str(failure.value)
    assert recorder.seen == []


@pytest.mark.parametrize("kind", ["slack", "pagerduty"])
def test_a_secret_that_is_not_set_is_said_by_its_name_and_tried_again(letter_of, kind):
    with pytest.raises(DeliveryFailed, match="CUSTODY_SECRET_NOWHERE is not set") as failure:
        deliver(kind, letter_of("env:CUSTODY_SECRET_NOWHERE"))
    assert not failure.value.permanent


def test_a_letter_has_text_and_html_and_letters_about_one_trouble_are_one_thread(smtp, letter_of):
    deliver("email", letter_of("dan@example.org", body="Old: <b>41</b>"))
    deliver("email", letter_of("dan@example.org", "resolve", key="k:7:2", subject="Resolved:\n orders"))
    first, second = (email.message_from_bytes(raw, policy=policy.default) for raw in smtp.seen)
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"] == second["In-Reply-To"]
    assert second["Subject"] == "Resolved: orders"
    assert first.get_body(("plain",)).get_content().strip() == "Old: <b>41</b>"
    html = first.get_body(("html",)).get_content()
    assert "&lt;b&gt;41" in html
    assert "https://custody.example/slos/incidents/7/" in html


@pytest.mark.parametrize(("answer", "permanent"), [(b"550 no such user\r\n", True), (b"450 later\r\n", False)])
def test_a_refused_recipient_is_given_up_and_one_that_is_asked_to_wait_is_tried_again(
    smtp, letter_of, answer, permanent
):
    smtp.refusal = answer
    with pytest.raises(DeliveryFailed) as failure:
        deliver("email", letter_of("dan@example.org"))
    assert failure.value.permanent is permanent


@pytest.mark.parametrize("kind", HTTP)
@pytest.mark.django_db
def test_each_channel_has_words_for_every_action_that_it_says_it_takes(recorder, address_of, letter_of, kind):
    for action in channels()[kind].actions:
        deliver(kind, letter_of(address_of[kind], action))
    assert len(recorder.seen) == len(channels()[kind].actions)
    assert channels()[kind].actions <= ACTIONS


def test_the_code_by_which_the_docs_verify_a_webhook_does(recorder, address_of, letter_of):
    text = (Path(__file__).parents[2] / "docs" / "kinds" / "webhook.md").read_text()
    names = {}
    exec(text.split("```python\n")[1].split("```")[0], names)
    deliver("webhook", letter_of(address_of["webhook"]))
    _, headers, body = recorder.seen[0]
    sent = (headers["X-Custody-Timestamp"], body, headers["X-Custody-Signature"])
    assert names["genuine"]("hook-key-1", *sent)
    assert not names["genuine"]("another", *sent)
    assert not names["genuine"]("hook-key-1", sent[0], body + b" ", sent[2])


@pytest.mark.django_db
def test_the_outbox_waits_as_long_as_the_receiver_asks_and_then_delivers(recorder, address_of, letter_of, clock):
    recorder.answers = [(429, {"Retry-After": "1200"}, b"slow down")]
    letter = letter_of(address_of["slack"])
    enqueue(
        channel="slack", address=letter.address, subject="s", body="b", dedup_key="k", details=dict(letter.details)
    )  # fmt: skip
    deliver_waiting()
    clock.move(minutes=19)
    assert deliver_waiting() == 0
    clock.move(minutes=2)
    assert deliver_waiting() == 1
    row = Message.objects.get()
    assert (row.state, row.attempts, row.sealed) == ("delivered", 2, None)
    assert len(recorder.seen) == 2
