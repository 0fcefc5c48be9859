"""When a person's digest is due: at an hour of their own day, by the time zone database (RFC 6557)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEKEND = (5, 6)


class Days(StrEnum):
    """On which days a digest is written."""

    WORKING = "working"
    EVERY = "every"
    NEVER = "never"


@dataclass(frozen=True)
class Hour:
    """The hour (0 to 23) of which days, by the wall clock of a zone."""

    days: Days = Days.WORKING
    hour: int = 7
    zone: str = "UTC"


def last_due(wish: Hour, at: datetime) -> datetime | None:
    """The newest moment at or before `at` at which a digest was due; None for who wants none.

    >>> last_due(Hour(zone="Europe/Zurich"), datetime(2026, 11, 23, 12, tzinfo=UTC))
    datetime.datetime(2026, 11, 23, 6, 0, tzinfo=datetime.timezone.utc)
    >>> last_due(Hour(), datetime(2026, 11, 22, 12, tzinfo=UTC)).date()  # a Sunday: Friday's was the last
    datetime.date(2026, 11, 20)
    """
    if wish.days is Days.NEVER:
        return None
    zone = ZoneInfo(wish.zone)
    day = at.astimezone(zone).date()
    for back in range(4):
        moment = datetime.combine(day - timedelta(days=back), time(wish.hour), zone).astimezone(UTC)
        if moment <= at and (wish.days is Days.EVERY or (day - timedelta(days=back)).weekday() not in WEEKEND):
            return moment
    raise AssertionError("Four days in a row hold a working day.")


def is_due(wish: Hour, *, last: datetime, at: datetime) -> bool:
    """Whether a digest was due since the last one (or since the person, or their wish, is known).

    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> is_due(Hour(), last=noon - timedelta(days=1), at=noon), is_due(Hour(), last=noon, at=noon)
    (True, False)
    """
    due = last_due(wish, at)
    return due is not None and last < due
