"""Putting messages into the outbox and delivering them, each at least once."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from portal.core.clock.beat import wake
from portal.core.clock.services import now
from portal.core.notify import people
from portal.core.notify.base import DeliveryFailed, Letter
from portal.core.notify.models import Message
from portal.core.notify.registry import channels
from portal.core.notify.sealing import seal, unseal
from portal.core.notify.subjects import Subject, Way

MAX_ATTEMPTS = 12
LONGEST_PAUSE_S = 3600
_log = logging.getLogger(__name__)


def enqueue(
    *,
    channel: str,
    address: str,
    subject: str,
    body: str,
    dedup_key: str,
    details: Mapping[str, Any] | None = None,
    about: Subject | None = None,
    path: str = "",
) -> None:
    """Write one message in the caller's transaction; the same `dedup_key` is told once.

    `details` are the facts for channels that want more than words (see Letter). A channel that has no words for the
    letter's action, as PagerDuty for one that only informs, gets none. An e-mail `about` a subject goes to people of
    the portal in the way that they chose, and stands on their page of notices with a link to `path`.
    """
    if channel not in channels():
        raise ValueError(f"There is no channel “{channel}”. Known: {', '.join(sorted(channels()))}.")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A message is written in the transaction that it tells about.")
    letter = Letter(address=address, subject=subject, body=body, key=dedup_key, details=details or {})
    if letter.action not in channels()[channel].actions:
        return
    if about is not None and channel == "email" and people.note(about, letter, path) is not Way.NOW:
        return
    present = now()
    Message.objects.bulk_create(
        [
            Message(
                channel=channel,
                dedup_key=dedup_key,
                sealed=seal(letter),
                created_at=present,
                next_attempt_at=present,
            )
        ],
        ignore_conflicts=True,
    )
    from portal.core.notify.tasks import deliver

    wake(deliver)


def deliver_waiting(limit: int = 50) -> int:
    """Deliver up to `limit` messages that are due; returns how many were tried."""
    tried = 0
    while tried < limit and _deliver_one():
        tried += 1
    return tried


@transaction.atomic
def _deliver_one() -> bool:
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(state=Message.State.WAITING, next_attempt_at__lte=now())
        .order_by("next_attempt_at")
        .first()
    )
    if message is None or message.sealed is None:
        return False
    message.attempts += 1
    try:
        channels()[message.channel]().deliver(unseal(bytes(message.sealed), message.dedup_key))
    except DeliveryFailed as failure:
        _note_failure(message, failure)
    else:
        message.state, message.delivered_at = Message.State.DELIVERED, now()
        message.sealed, message.last_error = None, ""
    message.save(update_fields=["attempts", "state", "delivered_at", "sealed", "last_error", "next_attempt_at"])
    return True


def _note_failure(message: Message, failure: DeliveryFailed) -> None:
    message.last_error = str(failure)[:300]
    if failure.permanent or message.attempts >= MAX_ATTEMPTS:
        message.state, message.sealed = Message.State.GIVEN_UP, None
        _log.error("message %s by %s given up: %s", message.pk, message.channel, failure)
        return
    pause = max(5 * 2**message.attempts, failure.retry_after_s or 0)
    message.next_attempt_at = now() + timedelta(seconds=min(pause, LONGEST_PAUSE_S))


def forget(prefix: str) -> int:
    """Remove the messages whose key begins with `prefix`, delivered or not; returns how many."""
    if not prefix:
        raise ValueError("An empty prefix would empty the whole outbox.")
    return Message.objects.filter(dedup_key__startswith=prefix).delete()[0]
