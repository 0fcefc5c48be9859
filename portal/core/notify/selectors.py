"""What became of messages, without their addresses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from portal.core.notify.models import Message


def deliveries(keys: Collection[str]) -> dict[str, tuple[str, datetime | None, str]]:
    """State, time of delivery and last error of each message, by its key."""
    rows = Message.objects.filter(dedup_key__in=keys)
    return {row.dedup_key: (row.state, row.delivered_at, row.last_error) for row in rows}
