"""Publishing news in a transaction, and handing it to each consumer exactly once."""

import logging
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from portal.core.clock.beat import wake
from portal.core.clock.services import now
from portal.core.events.models import Cursor, Event
from portal.core.events.registry import Consumer, consumer, consumers

__all__ = ["consume", "consume_all", "consumer", "publish"]
_log = logging.getLogger(__name__)


def publish(topic: str, payload: dict[str, Any], *, key: str = "") -> None:
    """Write one event in the caller's transaction; raises outside of one, since half a change is no news."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"Event {topic!r} must be published inside a transaction.")
    Event.objects.create(
        topic=topic,
        key=key,
        payload=payload,
        created_at=now(),
        transaction_id=RawSQL("pg_current_xact_id()::text::bigint", ()),
    )
    from portal.core.events.tasks import drain

    wake(drain)


def consume_all(limit: int = 200) -> int:
    """Give every consumer what it has not seen; one that fails stays where it is and does not stop the others."""
    return sum(consume(each, limit) for each in list(consumers.values()))


def consume(who: Consumer, limit: int = 200) -> int:
    """Handle up to `limit` events for one consumer, each in one transaction with the cursor's move."""
    done = 0
    while done < limit and _consume_one(who):
        done += 1
    return done


def _consume_one(who: Consumer) -> bool:
    try:
        with transaction.atomic():
            return _handle_next(who)
    except Exception as error:  # noqa: BLE001 - whatever a consumer raises, the others must go on; it is logged and counted
        Cursor.objects.filter(consumer=who.name).update(
            failures=F("failures") + 1, last_error=f"{type(error).__name__}"
        )
        _log.exception("consumer %s failed; it will be tried again", who.name)
        return False


def _handle_next(who: Consumer) -> bool:
    Cursor.objects.get_or_create(consumer=who.name)
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(consumer=who.name).first()
    if cursor is None:
        return False  # another worker is reading for this consumer
    event = _unread(who, cursor).first()
    if event is None:
        return False
    who.handle(event)
    cursor.transaction_id, cursor.event_id = event.transaction_id, event.pk
    cursor.failures, cursor.last_error = 0, ""
    cursor.save(update_fields=["transaction_id", "event_id", "failures", "last_error"])
    return True


def _unread(who: Consumer, cursor: Cursor) -> Any:
    """Events past the cursor, of transactions that can no longer be followed by an older one still open.

    Ids are given at insert, not at commit, so reading by id alone would skip a slow writer's rows. Ordered by
    (transaction, id) and cut at the oldest open transaction, no row can appear behind the cursor.
    """
    past = Q(transaction_id__gt=cursor.transaction_id) | Q(transaction_id=cursor.transaction_id, id__gt=cursor.event_id)
    oldest_open = RawSQL("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", ())
    own = RawSQL("coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0)", ())
    settled = Q(transaction_id__lt=oldest_open) | Q(transaction_id=own)
    return Event.objects.filter(past, settled, topic__in=who.topics).order_by("transaction_id", "id")
