"""Bins of a distribution: how a column's values are told apart before their shares are compared.

Nothing is dropped. A column of numbers has stretches between edges with open ends (minus and plus infinity fall into
the ends), a bin of its own for each tied value, and one for NULL and NaN. A column of categories has its most frequent
ones, one bin for every other, and one for NULL. Only edges, values that many rows share and counts are kept.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FEW = 20  # up to so many distinct values, each has a bin of its own
TOP = 50  # so many categories have a bin of their own
PROBES = tuple(n / 40 for n in range(1, 40))  # quantiles asked of a baseline: the deciles, and enough to see few values
DECILES = slice(3, None, 4)  # where the nine deciles stand among PROBES
NO_VALUE = "no value"
OTHER = "any other"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Bins of a column of numbers.

    `edges` ascend and cut the line; `points` are values with a bin of their own; `low` and `high` bound the baseline's
    finite values, None where they are not kept. The bins are the stretches between edges, then the points, then one
    for NULL and NaN.

    >>> bins = Numbers(edges=(1.0, 2.0), points=(5.0,), low=0.0, high=5.0)
    >>> bins.labels
    ('< 1', '1 to 2', '≥ 2', '= 5', 'no value')
    """

    edges: tuple[float, ...]
    points: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        ordered = all(a < b for line in (self.edges, self.points) for a, b in itertools.pairwise(line))
        bounds = [each for each in (self.low, self.high) if each is not None]
        if not ordered or any(math.isnan(each) for each in (*self.edges, *self.points, *bounds)):
            raise ValueError("Edges and single values must ascend and be numbers.")
        if not self.edges and not self.points:
            raise ValueError("A distribution of numbers needs an edge or a single value.")

    @property
    def cuts(self) -> tuple[float, ...]:
        """Every place where the line is cut, for an engine to bin by: stretch n lies from cut n-1 up to before cut n.

        A single value p is the stretch from p up to the next number above it.
        """
        own = {cut for point in self.points for cut in (point, _above(point))}
        span = {self.low} if self.low is not None else set()
        span |= {_above(self.high)} if self.high is not None else set()
        return tuple(sorted({*self.edges, *own, *span}))

    @property
    def labels(self) -> tuple[str, ...]:
        """What each bin is called, in the order of the counts."""
        return (*self._stretches(), *(f"= {point:.6g}" for point in self.points), NO_VALUE)

    def counts(self, by_stretch: Mapping[int, int]) -> tuple[int, ...]:
        """Rows by bin, from rows by stretch between the cuts; stretch -1 is NULL and NaN."""
        rows = [0] * len(self.labels)
        for stretch, count in by_stretch.items():
            rows[self._home(stretch)] += count
        return tuple(rows)

    def outside(self, by_stretch: Mapping[int, int]) -> int | None:
        """Rows below or above everything that the baseline held; None where its range is not kept."""
        if self.low is None or self.high is None:
            return None
        first, last = bisect_right(self.cuts, self.low), bisect_right(self.cuts, _above(self.high))
        return sum(count for stretch, count in by_stretch.items() if 0 <= stretch < first or stretch >= last)

    def stretch(self, value: float | None) -> int:
        """The stretch of one value, as an engine has to find it.

        >>> [Numbers((1.0,)).stretch(x) for x in (float("-inf"), 0.5, 1.0, float("inf"), float("nan"), None)]
        [0, 0, 1, 1, -1, -1]
        """
        return -1 if value is None or math.isnan(value) else bisect_right(self.cuts, value)

    def _home(self, stretch: int) -> int:
        if stretch < 0:
            return len(self.edges) + 1 + len(self.points)
        start = self.cuts[stretch - 1] if stretch else -math.inf
        if start in self.points:
            return len(self.edges) + 1 + self.points.index(start)
        return bisect_right(self.edges, start) if stretch else 0

    def _stretches(self) -> Iterable[str]:
        if not self.edges:
            return (OTHER,)
        between = (f"{a:.6g} to {b:.6g}" for a, b in zip(self.edges, self.edges[1:], strict=False))
        return (f"< {self.edges[0]:.6g}", *between, f"≥ {self.edges[-1]:.6g}")


@dataclass(frozen=True, slots=True)
class Categories:
    """Bins of a column of categories: the named ones, every other, NULL."""

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.names or len(set(self.names)) != len(self.names) or len(self.names) > TOP:
            raise ValueError(f"A distribution of categories needs 1 to {TOP} distinct ones.")

    @property
    def labels(self) -> tuple[str, ...]:
        """What each bin is called, in the order of the counts."""
        return (*self.names, OTHER, NO_VALUE)

    def counts(self, by_place: Mapping[int, int]) -> tuple[int, ...]:
        """Rows by bin, from rows by place in `names`; the place after the last is every other, -1 is NULL."""
        rows = [0] * (len(self.names) + 2)
        for place, count in by_place.items():
            rows[place] += count
        return tuple(rows)

    def outside(self, by_place: Mapping[int, int]) -> int | None:
        """Rows of categories without a bin of their own."""
        return by_place.get(len(self.names), 0)


def by_deciles(quantiles: Sequence[float], few: Iterable[float], low: float | None, high: float | None) -> Numbers:
    """The bins of a baseline from its quantiles at PROBES, and its distinct values where there are only a few.

    A decile that repeats is a tied value and gets a bin of its own; so does each of a few values.

    >>> by_deciles([0.0] * 20 + [float(n) for n in range(1, 20)], (), 0.0, 40.0).points
    (0.0,)
    >>> by_deciles([5.0] * 39, [5.0], 5.0, 5.0).labels
    ('any other', '= 5', 'no value')
    """
    if single := tuple(sorted(few)):
        return Numbers((), single, low, high)
    deciles = list(quantiles)[DECILES]
    tied = {a for a, b in itertools.pairwise(deciles) if a == b}
    return Numbers(tuple(sorted(set(deciles))), tuple(sorted(tied)), low, high)


def by_width(low: float, high: float, bins: int = 10) -> Numbers:
    """Bins of equal width over the baseline's range, with a bin for what lies below and one for what lies above.

    The edges are those of `numpy.histogram(range=(low, high))`, which widens an empty range by one half to each side.
    """
    start, end = (low - 0.5, high + 0.5) if low == high else (low, high)
    width = (end - start) / bins
    edges = [start + n * width for n in range(bins)]
    return Numbers(tuple(sorted({*edges, _above(end)})), (), low, high)


def may_be_few(quantiles: Sequence[float]) -> bool:
    """Whether there can be FEW distinct values or fewer: among more quantiles than that, one would have to repeat.

    >>> may_be_few([float(n) for n in range(39)]), may_be_few([1.0] * 20 + [2.0] * 19)
    (False, True)
    """
    return len(set(quantiles)) <= FEW


def _above(value: float) -> float:
    return math.nextafter(value, math.inf)
