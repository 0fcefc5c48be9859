"""What became of messages, without their addresses, and what a person was told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from portal.core.identity.models import User
from portal.core.notify.domain.digest import Days, Hour, is_due
from portal.core.notify.models import DigestTime, Message, Notice, Preference
from portal.core.notify.subjects import Way, subjects

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


def newest_of_channel(channel: str) -> Message | None:
    """The newest message of a channel, without what it says and to whom."""
    return messages_like(channel=channel).first()


def oldest_waiting() -> datetime | None:
    """Since when the oldest message waits."""
    waiting = Message.objects.filter(state=Message.State.WAITING)
    return waiting.order_by("created_at").values_list("created_at", flat=True).first()


def counts() -> dict[str, int]:
    """How many messages are in each state."""
    found = dict(Message.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state: found.get(state, 0) for state, _ in STATES}


def notices_of(user: Any, *, subject: str = "", unread: bool = False) -> QuerySet[Notice]:
    """What a person was told, the newest first."""
    found = Notice.objects.filter(person=user)
    found = found.filter(subject=subject) if subject else found
    return found.filter(read_at=None) if unread else found


def notice_of(user: Any, pk: int) -> Notice | None:
    """One of them, or None where it is somebody else's."""
    return notices_of(user).filter(pk=pk).first()


def unread_of(user: Any) -> int:
    """How many of them the person has not opened."""
    return notices_of(user, unread=True).count()


def ways_of(user: Any) -> dict[str, Way]:
    """How the person is told of each subject, by their choice or its default."""
    chosen = dict(Preference.objects.filter(person=user).values_list("subject", "way"))
    return {key: Way(chosen.get(key, subject.default)) for key, subject in subjects().items()}


def hour_of(user: Any) -> Hour:
    """When the person's digest is written."""
    row = DigestTime.objects.filter(person=user).first()
    return Hour(Days(row.days), row.hour, row.zone) if row else Hour()


def digests_due(at: datetime) -> list[int]:
    """The people whose digest was due since the last one, by number; each is looked at again when it is written."""
    rows = User.objects.filter(is_active=True).order_by("pk")
    wishes = rows.values_list(
        "pk", "date_joined", *(f"digest_time__{name}" for name in ("days", "hour", "zone", "last_at"))
    )
    return [
        pk
        for pk, joined, days, hour, zone, last in wishes
        if is_due(Hour(Days(days), hour, zone) if days else Hour(), last=last or joined, at=at)
    ]
