"""How fast people answer: median and p90 of the times to acknowledge and to resolve, and whether they fall.

Time to acknowledge (MTTA): from firing to the first acknowledgement. Time to resolve (MTTR): from firing to the end, of
incidents that a person took on or resolved. What ended by itself before anybody touched it is counted apart, and so is
what nobody acknowledged: either would flatter the times of people. What is open has no times yet and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

WINDOW = timedelta(days=28)
ENOUGH = 5  # fewer incidents in either window say nothing about a trend


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the slow end of some durations; `count` says how much to believe them."""

    count: int
    median: timedelta
    p90: timedelta


def spread(durations: Sequence[timedelta]) -> Spread | None:
    """Median and p90 (nearest rank) of the durations, or None where there are none.

    >>> spread([timedelta(minutes=m) for m in (1, 2, 3, 4, 100)])
    Spread(count=5, median=datetime.timedelta(seconds=180), p90=datetime.timedelta(seconds=6000))
    """
    if not durations:
        return None
    ordered = sorted(durations)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    rank = -(-9 * len(ordered) // 10)
    return Spread(len(ordered), middle, ordered[rank - 1])


class Trend(Enum):
    """Where a median has gone since the window before: a word for people, and the kind of its state."""

    FALLING = ("Falling", "ok")
    LEVEL = ("Level", "info")
    RISING = ("Rising", "warn")
    TOO_FEW = ("Too few", "off")

    @property
    def word(self) -> str:
        """What people read."""
        return self.value[0]

    @property
    def kind(self) -> str:
        """ok, info, warn or off."""
        return self.value[1]


def trend(now: Spread | None, before: Spread | None) -> Trend:
    """Falling where the median is below that of the window before, with enough incidents in both.

    >>> fast, slow = (spread([timedelta(minutes=m)] * 5) for m in (4, 9))
    >>> trend(fast, slow).word, trend(slow, fast).word, trend(fast, None).word
    ('Falling', 'Rising', 'Too few')
    """
    if now is None or before is None or min(now.count, before.count) < ENOUGH:
        return Trend.TOO_FEW
    if now.median == before.median:
        return Trend.LEVEL
    return Trend.FALLING if now.median < before.median else Trend.RISING


@dataclass(frozen=True, slots=True)
class Past:
    """An incident that is over: when it fired and ended, when it was first taken on, and whether a person ended it."""

    fired_at: datetime
    resolved_at: datetime
    acknowledged_at: datetime | None = None
    by_person: bool = False

    @property
    def untouched(self) -> bool:
        """It ended by itself before anybody took it on."""
        return self.acknowledged_at is None and not self.by_person


@dataclass(frozen=True, slots=True)
class Response:
    """The times of one window, and what is counted apart."""

    acknowledge: Spread | None
    resolve: Spread | None
    never_acknowledged: int
    by_itself: Spread | None

    @property
    def auto_resolved(self) -> int:
        """How many ended before anybody touched them."""
        return self.by_itself.count if self.by_itself else 0


def response(incidents: Iterable[Past]) -> Response:
    """The times of incidents that are over.

    >>> noon = datetime(2026, 1, 1, 12)
    >>> quick = Past(noon, noon + timedelta(minutes=30), acknowledged_at=noon + timedelta(minutes=4))
    >>> found = response([quick, Past(noon, noon + timedelta(minutes=1))])
    >>> found.acknowledge.median, found.resolve.count, found.never_acknowledged, found.auto_resolved
    (datetime.timedelta(seconds=240), 1, 1, 1)
    """
    past = list(incidents)
    touched = [each for each in past if not each.untouched]
    return Response(
        acknowledge=spread([each.acknowledged_at - each.fired_at for each in past if each.acknowledged_at]),
        resolve=spread([each.resolved_at - each.fired_at for each in touched]),
        never_acknowledged=sum(each.acknowledged_at is None for each in past),
        by_itself=spread([each.resolved_at - each.fired_at for each in past if each.untouched]),
    )


def weeks(incidents: Iterable[Past], end: datetime, count: int = 12) -> list[tuple[datetime, Response]]:
    """The response of each of the last `count` weeks, oldest first, by when incidents ended; each with its end."""
    past, week = list(incidents), timedelta(days=7)
    ends = [end - number * week for number in reversed(range(count))]
    return [(each, response(one for one in past if each - week < one.resolved_at <= each)) for each in ends]
