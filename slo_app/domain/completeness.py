"""Completeness: of what was expected, the share that came; more than expected is capped and said, never above 100 %."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_low

from .measurement import percentage

LEAST_WEEKS = 2  # one week alone is an anecdote


@dataclass(frozen=True, slots=True)
class Share:
    """`value` in percent, None for 0 of 0; `surplus` came beyond the expected, `unexpected` where that was 0."""

    value: Decimal | None
    good: int
    total: int
    surplus: int = 0
    unexpected: int = 0


def share(expected: int, ingested: int) -> Share:
    """Hold what came against what was expected.

    >>> share(200, 199).value
    Decimal('99.5')
    >>> share(0, 0).value is None
    True
    >>> share(0, 3)
    Share(value=Decimal('100'), good=3, total=3, surplus=0, unexpected=3)
    >>> share(10, 12)
    Share(value=Decimal('100'), good=10, total=10, surplus=2, unexpected=0)
    """
    if expected < 0 or ingested < 0:
        raise ValueError("Rows are counted from 0; neither number may be negative.")
    if expected == 0:
        return Share(Decimal(100) if ingested else None, ingested, ingested, unexpected=ingested)
    good = min(expected, ingested)
    return Share(percentage(good, expected), good, expected, surplus=ingested - good)


def usual(weeks: Sequence[int | None]) -> int | None:
    """What the same window brought in past weeks: their median; None where fewer than two of them are known.

    `None` stands for a week before the first record, 0 for a known week without rows. Of two middle values the
    lower is taken, so that a week of double traffic asks for nothing.

    >>> usual([100, 90, 400, None]), usual([100, None]), usual([0, 0])
    (100, None, 0)
    """
    known = [count for count in weeks if count is not None]
    return median_low(known) if len(known) >= LEAST_WEEKS else None
