"""Adding receipts up into counts by producer and bucket of time.

Buckets are ten minutes wide, so that "in the last hour" is true to ten minutes; old ones are rolled up into hours and
then into days, which keeps every total.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

BUCKET = timedelta(minutes=10)
KEPT, LENIENT, FOREIGN, REFUSED = "kept", "lenient", "foreign", "refused"


class Received(NamedTuple):
    """What one receipt says: `events` of one kind that one request brought."""

    token: int | None
    producer: str
    at: datetime
    events: int
    lenient: str
    outside: tuple[str, ...]
    refused: str


class Key(NamedTuple):
    """What a count is of; `detail` is the mark or the reason, empty for the whole."""

    token: int | None
    producer: str
    since: datetime
    what: str
    detail: str = ""


def bucket(at: datetime, width: timedelta = BUCKET) -> datetime:
    """Return the beginning of the bucket that holds `at`, in UTC.

    >>> bucket(datetime(2026, 3, 1, 10, 19, 59, tzinfo=UTC)).isoformat()
    '2026-03-01T10:10:00+00:00'
    >>> bucket(datetime(2026, 3, 1, 10, 19, tzinfo=UTC), timedelta(days=1)).isoformat()
    '2026-03-01T00:00:00+00:00'
    """
    seconds = int(width.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)


def add_up(receipts: Iterable[Received]) -> Counter[Key]:
    """Return the counts; an event with two marks counts once as lenient and once under each mark."""
    counts: Counter[Key] = Counter()
    for one in receipts:
        since = bucket(one.at)
        for what, detail in _counted(one):
            counts[Key(one.token, one.producer, since, what, detail)] += one.events
    return counts


def _counted(one: Received) -> Iterable[tuple[str, str]]:
    if one.refused:
        yield from ((REFUSED, ""), (REFUSED, one.refused))
        return
    yield KEPT, ""
    if one.lenient:
        yield LENIENT, ""
        yield from ((LENIENT, mark) for mark in one.lenient.split("; "))
    if one.outside:
        yield FOREIGN, ""


class Outside(NamedTuple):
    """How often events spoke of a namespace that their token does not cover, and when."""

    events: int
    first_at: datetime
    last_at: datetime


def outside_of(receipts: Iterable[Received]) -> dict[tuple[int, str], Outside]:
    """Return what was outside, by token and namespace."""
    found: dict[tuple[int, str], Outside] = {}
    for one in receipts:
        for name in one.outside:
            if one.token is not None:
                known = found.get((one.token, name), Outside(0, one.at, one.at))
                events, first = known.events + one.events, min(known.first_at, one.at)
                found[one.token, name] = Outside(events, first, max(known.last_at, one.at))
    return found
