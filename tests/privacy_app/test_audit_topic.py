"""The audit topic: each step's events in the real stream, without identifiers, at least once under a stable id."""

import hashlib
import hmac
import json
import uuid

import pytest
import redis
from django.db import transaction

from portal.core.clock import services as clock_services
from portal.core.notify.outgoing import own_key
from privacy_app import tasks
from privacy_app.models import AuditMessage
from privacy_app.services import telling
from tests.recording import recorder  # noqa: F401


@pytest.fixture
def stream(settings):
    """read(topic) -> the messages in the stream, oldest first; the topic is this test's own."""
    settings.AUDIT_TOPIC = f"audit.{uuid.uuid4().hex}"
    client = redis.Redis.from_url(settings.AUDIT_REDIS_URL, decode_responses=True)

    def read(topic=settings.AUDIT_TOPIC):
        return [(fields["id"], json.loads(fields["event"])) for _, fields in client.xrange(topic)]

    yield read
    client.delete(settings.AUDIT_TOPIC)
    client.close()


def test_every_step_tells_its_start_and_its_end_and_nobody_is_named(stream, drive, four):
    request = drive.approved()
    tasks.propagate()
    tasks.tell_audit()
    events = [event for _, event in stream()]
    mine = [each for each in events if each["data"]["system"].startswith("oltp")]
    assert [each["type"].rsplit(".", 1)[1] for each in mine] == ["started", "done"]
    done = mine[1]
    assert done["specversion"] == "1.0"
    assert done["source"].endswith("/privacy")
    assert done["subject"] == f"{request.req_id}/{done['data']['step']}"
    assert done["data"] | {"verdict": "", "step": 0} == {
        "request": request.req_id,
        "step": 0,
        "system": four.systems["oltp"].name,
        "kind": "postgresql",
        "dataset": "oltp.people",
        "event": "done",
        "verdict": "",
        "rows": 1,
        "attempt": 1,
    }
    assert done["data"]["verdict"] in ("erased", "residual")
    assert len(events) == 2 * request.steps.count()
    said = json.dumps(events)
    assert four.email not in said
    assert four.customer not in said
    assert tasks.tell_audit() == 0


def test_a_stream_that_is_away_gets_the_messages_later_under_the_ids_they_always_had(stream, drive, four, settings):
    good = settings.AUDIT_REDIS_URL
    settings.AUDIT_REDIS_URL = "redis://127.0.0.1:1/0"
    drive.approved()
    tasks.propagate()
    tasks.tell_audit()
    waiting = {str(each.message_id) for each in AuditMessage.objects.filter(sent_at=None)}
    assert waiting
    assert "The stream answered ConnectionError." in AuditMessage.objects.values_list("last_error", flat=True)
    settings.AUDIT_REDIS_URL = good
    clock_services.move(clock_services.offset() + telling.KEPT_AFTER / 100)
    tasks.tell_audit()
    assert {number for number, _ in stream()} == waiting
    assert not AuditMessage.objects.filter(sent_at=None).exists()


def test_a_message_is_only_written_with_the_change_it_tells_about(drive, four, stream):
    request = drive.approved()
    step = request.steps.first()
    with pytest.raises(RuntimeError), transaction.atomic():
        telling.tell_step(request, step, "done")
        raise RuntimeError
    assert not AuditMessage.objects.filter(body__data__event="done").exists()
    with pytest.raises(ValueError, match="not told as 'finished'"), transaction.atomic():
        telling.tell_step(request, step, "finished")


def test_a_contract_s_own_topic_is_used_and_a_webhook_gets_a_signed_cloudevent(
    drive,
    four,
    settings,
    recorder,  # noqa: F811
):
    request = drive.approved()
    step = request.steps.first()
    telling.shared.set("privacy.audit_topics", {step.dataset: ["audit.deletion.shop"]}, 60)
    with transaction.atomic():
        telling.tell_step(request, step, "done")
    telling.shared.delete("privacy.audit_topics")
    message = AuditMessage.objects.get(topic="audit.deletion.shop")
    AuditMessage.objects.exclude(pk=message.pk).delete()
    settings.AUDIT_WEBHOOK = f"{recorder.url}/audit"
    telling.deliver_due()
    _, headers, body = recorder.seen[-1]
    assert headers["Content-Type"].startswith("application/cloudevents+json")
    assert headers["X-Custody-Id"] == str(message.message_id) == json.loads(body)["id"]
    key = own_key(settings.AUDIT_WEBHOOK).encode()
    signed = hmac.new(key, f"{headers['X-Custody-Timestamp']}.".encode() + body, hashlib.sha256)
    assert headers["X-Custody-Signature"] == signed.hexdigest()
