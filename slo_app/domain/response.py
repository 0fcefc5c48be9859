"""How fast people answer: median and p90 of the times to acknowledge and to resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


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
