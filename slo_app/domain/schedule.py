"""When an SLO is measured: on a grid of its own, so that a thousand of one interval are not all due at one moment.

The grid is the interval shifted by a phase that follows from the SLO's number alone: the same on every worker and
after every restart. The next look is the next point of the grid, whenever the last one really was, so that intervals
that were missed are one look and not many.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WIDEST = timedelta(hours=1)  # a daily look stays within the first hour of its day


def phase(number: int, interval: timedelta) -> timedelta:
    """How far the grid of SLO `number` is shifted: evenly spread over the interval, at most over an hour.

    >>> minute = timedelta(minutes=1)
    >>> phase(7, minute) == phase(7, minute) < minute
    True
    """
    drawn = int.from_bytes(sha256(f"slo {number}".encode()).digest()[:8])
    return min(interval, WIDEST) * (drawn / 2**64)


def slice_of(at: datetime, interval: timedelta, shift: timedelta) -> datetime:
    """The start of the slice that `at` lies in: the last point of the grid not after it.

    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> slice_of(noon + timedelta(seconds=50), timedelta(minutes=1), timedelta(seconds=20)) - noon
    datetime.timedelta(seconds=20)
    """
    since = at - EPOCH - shift
    return at - since % interval


def next_point(at: datetime, interval: timedelta, shift: timedelta) -> datetime:
    """The first point of the grid after `at`.

    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> next_point(noon, timedelta(minutes=5), timedelta(0)) - noon
    datetime.timedelta(seconds=300)
    """
    return slice_of(at, interval, shift) + interval


def next_due(at: datetime, wanted: datetime, interval: timedelta, shift: timedelta) -> datetime:
    """When to look next after a look at `at`: at the grid, or sooner where the alert wants to see again (`wanted`).

    >>> noon, hour = datetime(2026, 1, 1, 12, tzinfo=UTC), timedelta(hours=1)
    >>> next_due(noon, noon + hour, hour, timedelta(0)) - noon, next_due(noon, noon, hour, timedelta(0)) - noon
    (datetime.timedelta(seconds=3600), datetime.timedelta(0))
    """
    regular = next_point(at, interval, shift)
    return min(wanted, regular) if wanted < at + interval else regular
