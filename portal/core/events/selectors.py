"""How far the consumers have read."""

from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from portal.core.events.models import Cursor, Event
from portal.core.events.registry import consumers

COUNTED = 1000


def unread() -> tuple[int, datetime | None]:
    """How many events some consumer has not taken in yet, of which at most a thousand are counted, and since when."""
    read = dict(Cursor.objects.values_list("consumer", "transaction_id"))
    waits = (Q(topic__in=each.topics, transaction_id__gt=read.get(each.name, 0)) for each in consumers.values())
    waiting = Event.objects.filter(reduce(or_, waits, Q(pk__in=())))
    oldest = waiting.order_by("transaction_id", "id").values_list("created_at", flat=True).first()
    return waiting[:COUNTED].count(), oldest


def consumed_by_all() -> Q:
    """The events that every consumer of this release has taken in; none while one of them has never read."""
    cursors = dict(Cursor.objects.filter(consumer__in=list(consumers)).values_list("consumer", "transaction_id"))
    if not consumers or set(cursors) < set(consumers):
        return Q(pk__in=())
    return Q(transaction_id__lt=min(cursors.values()))
