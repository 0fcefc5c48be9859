"""What became of messages, without their addresses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, QuerySet

from portal.core.notify.models import Message

STATES = list(Message.State.choices)


def deliveries(keys: Collection[str]) -> dict[str, tuple[str, datetime | None, str]]:
    """State, time of delivery and last error of each message, by its key."""
    rows = Message.objects.filter(dedup_key__in=keys)
    return {row.dedup_key: (row.state, row.delivered_at, row.last_error) for row in rows}


def messages_like(*, state: str = "", channel: str = "") -> QuerySet[Message]:
    """Messages of a state and a channel (or of all), the newest first, without what they say and to whom."""
    found = Message.objects.defer("sealed").order_by("-created_at", "-pk")
    found = found.filter(state=state) if state else found
    return found.filter(channel=channel) if channel else found


def counts() -> dict[str, int]:
    """How many messages are in each state."""
    found = dict(Message.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state: found.get(state, 0) for state, _ in STATES}
