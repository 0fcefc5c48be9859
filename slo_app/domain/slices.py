"""What one verdict adds to the counts of an error budget: by time slices, or by occurrences.

By slices, each interval of an SLO's grid counts once: it is bad when any verdict in it was a breach, so that a second
look within it neither counts twice nor heals it. By occurrences, the rows count, and a window that is judged again
(late rows came) replaces what it had counted before. What is no verdict counts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .measurement import DECIDING, Result


class Method(StrEnum):
    """How a budget counts."""

    SLICES = "slices"
    OCCURRENCES = "occurrences"


@dataclass(frozen=True, slots=True)
class Count:
    """Bad of total; what is added may be negative where an earlier verdict is replaced."""

    bad: int = 0
    total: int = 0

    def __sub__(self, other: Count) -> Count:
        return Count(self.bad - other.bad, self.total - other.total)

    def __add__(self, other: Count) -> Count:
        return Count(self.bad + other.bad, self.total + other.total)


NOTHING = Count()


def by_slice(result: Result, earlier: Count) -> Count:
    """What a verdict adds to its slice, of which `earlier` is already counted.

    >>> by_slice(Result.BREACH, NOTHING), by_slice(Result.BREACH, Count(0, 1)), by_slice(Result.OK, Count(1, 1))
    (Count(bad=1, total=1), Count(bad=1, total=0), Count(bad=0, total=0))
    """
    if result not in DECIDING:
        return NOTHING
    return Count(max(earlier.bad, int(result is Result.BREACH)), 1) - earlier


def by_occurrence(result: Result, good: int | None, total: int | None) -> Count:
    """The rows of a verdict; nothing where it has none to count.

    >>> by_occurrence(Result.OK, 998, 1000), by_occurrence(Result.NO_DATA, 0, 0)
    (Count(bad=2, total=1000), Count(bad=0, total=0))
    """
    if result not in DECIDING or good is None or not total:
        return NOTHING
    return Count(total - min(good, total), total)
