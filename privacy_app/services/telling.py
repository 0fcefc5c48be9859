"""The audit topic: what happens to each step, told to whoever listens, as CloudEvents without identifiers.

A message is a row written in the step's own transaction, and is sent after it: to a stream of Redis or Valkey named as
the contract's `audit_log_topic`, or by signed webhook where the installation sets one. What cannot be sent waits and is
sent later; a message may arrive twice, under one id.
"""

import json
import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache as shared
from django.db import connection, transaction

from contracts_app import selectors as contracts
from portal.core.clock.services import now
from portal.core.notify.base import DeliveryFailed
from portal.core.notify.outgoing import post_signed
from privacy_app.domain.cloudevents import CONTENT_TYPE, step_event
from privacy_app.models import AuditMessage, Request, Step
from privacy_app.services.waking import wake_audit

EVENTS = frozenset({"started", "by_hand", "purge_waits", "failed", "gave_up", "done"})
KEPT_AFTER = timedelta(days=30)
LONGEST_PAUSE_S = 3600
TOPICS_FOR_S = 60
PATIENCE_S = 5


def tell_step(request: Request, step: Step, event: str) -> None:
    """Write the messages of a step's event in the caller's transaction; raises ValueError for an unknown event."""
    if event not in EVENTS:
        raise ValueError(f"A step is not told as {event!r}; known are {', '.join(sorted(EVENTS))}.")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A message is written in the transaction that it tells about.")
    at = now()
    data: dict[str, str | int] = {
        "request": request.req_id,
        "step": step.position,
        "system": step.system_name,
        "kind": step.kind,
        "dataset": step.dataset,
        "event": event,
        "verdict": step.verdict or "none",
        "rows": int(step.amounts.get("rows", 0)),
        "attempt": step.attempts,
    }
    for topic in topics_of(step):
        number = uuid.uuid4()
        body = step_event(
            message_id=str(number),
            source=f"{settings.BASE_URL}/privacy",
            event=event,
            subject=f"{request.req_id}/{step.position}",
            at=at,
            data=data,
        )
        AuditMessage.objects.create(message_id=number, topic=topic, body=body, created_at=at, next_attempt_at=at)
    wake_audit()


def topics_of(step: Step) -> Iterable[str]:
    """The topics of the contracts in force that name the step's dataset, or the installation's own where none does."""
    named: dict[str, list[str]] = shared.get_or_set("privacy.audit_topics", contracts.audit_topics, TOPICS_FOR_S) or {}
    return named.get(step.dataset) or [settings.AUDIT_TOPIC]


def deliver_due(limit: int = 500) -> int:
    """Send what waits, in order; returns how many were tried."""
    tried = 0
    while tried < limit and _deliver_one():
        tried += 1
    return tried


@transaction.atomic
def _deliver_one() -> bool:
    waiting = AuditMessage.objects.select_for_update(skip_locked=True).filter(sent_at=None, next_attempt_at__lte=now())
    message = waiting.order_by("pk").first()
    if message is None:
        return False
    message.attempts += 1
    try:
        _send(message)
    except (DeliveryFailed, redis.RedisError) as error:
        words = str(error) if isinstance(error, DeliveryFailed) else f"The stream answered {type(error).__name__}."
        message.last_error = words[:300]
        pause = min(5 * 2 ** min(message.attempts, 10), LONGEST_PAUSE_S)
        message.next_attempt_at = now() + timedelta(seconds=pause)
    else:
        message.sent_at, message.last_error = now(), ""
    message.save()
    return True


def _send(message: AuditMessage) -> None:
    body = json.dumps(message.body, ensure_ascii=False)
    if settings.AUDIT_WEBHOOK:
        post_signed(settings.AUDIT_WEBHOOK, body.encode(), str(message.message_id), content_type=CONTENT_TYPE)
        return
    fields: dict[Any, Any] = {"id": str(message.message_id), "type": message.body["type"], "event": body}
    _stream().xadd(message.topic, fields, maxlen=settings.AUDIT_STREAM_LENGTH, approximate=True)


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S)


def _stream() -> redis.Redis:
    return _client(settings.AUDIT_REDIS_URL)


@transaction.atomic
def forget_sent() -> int:
    """Remove what was sent thirty days ago; returns how many. The stream and the receiver have it."""
    count, _ = AuditMessage.objects.filter(sent_at__lt=now() - KEPT_AFTER).delete()
    return count
