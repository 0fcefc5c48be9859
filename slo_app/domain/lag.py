"""The lag of a vector index behind its source, from the newest times of both, and what has no vector yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Side:
    """One dataset's times: all rows, those whose time is missing or ahead of the clock, oldest and newest believed."""

    rows: int
    nulls: int = 0
    future: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lag:
    """`lag` is never below 0; `skew` is by how much the vectors were ahead of the source."""

    lag: timedelta
    skew: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Source rows without a vector of theirs that is as new; `of` is how many keys were compared."""

    count: int
    oldest: datetime | None
    of: int
    whole: bool = True

    def age(self, clock: datetime) -> timedelta:
        """How long the oldest has waited."""
        return max(clock - self.oldest, timedelta(0)) if self.oldest else timedelta(0)


def lag(source: Side, vectors: Side, clock: datetime) -> Lag | None:
    """`max(created) - max(vectorized)`; without any vector the age of the oldest source row; None without a source.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> minute = timedelta(minutes=1)
    >>> full = Side(2, oldest=noon - 60 * minute, newest=noon)
    >>> lag(full, Side(2, newest=noon - 7 * minute), noon).lag == 7 * minute
    True
    >>> lag(full, Side(2, newest=noon + minute), noon)
    Lag(lag=datetime.timedelta(0), skew=datetime.timedelta(seconds=60))
    >>> lag(full, Side(0), noon).lag == 60 * minute
    True
    """
    if source.newest is None or source.oldest is None:
        return None
    if vectors.newest is None:
        return Lag(max(clock - source.oldest, timedelta(0)))
    behind = source.newest - vectors.newest
    return Lag(max(behind, timedelta(0)), max(-behind, timedelta(0)))


def backlog(created: Mapping[str, datetime], vectorized: Mapping[str, datetime | None], *, whole: bool) -> Backlog:
    """Compare two sides that no one statement can join; by digest of the key, its newest time on either side.

    A key waits where it has no vector, or where its vector is older than its newest row.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> backlog({"a": noon, "b": noon}, {"a": noon}, whole=True).count
    1
    """
    waiting = [at for key, at in created.items() if (done := vectorized.get(key)) is None or done < at]
    return Backlog(len(waiting), min(waiting, default=None), len(created), whole)
