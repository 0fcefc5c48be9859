"""A baseline: the bins and counts of a distribution as it once was, kept as a document and never as a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .bins import Categories, Numbers
from .psi import ENOUGH, HALF, HISTOGRAM, METHODS, Comparison, compare

VERSION = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """A distribution of now beside its baseline: rows by bin, and what of them the baseline had no place for.

    `outside` counts rows beyond the baseline's range, or of categories without a bin of their own; None where the
    range is not kept.
    """

    counts: tuple[int, ...]
    rows: int
    nulls: int
    outside: int | None
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Baseline:
    """The bins, the baseline's rows by bin, and the way its index is computed.

    >>> day = Baseline(Numbers((1.0,), (), 0.0, 2.0), (600, 400, 0))
    >>> Baseline.from_document(day.document()) == day
    True
    >>> seen = day.against({0: 0, 1: 610, 2: 390})
    >>> seen.rows, seen.outside, round(seen.comparison.value, 4)
    (1000, 0, 0.0004)
    """

    bins: Numbers | Categories
    counts: tuple[int, ...]
    method: str = HALF

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"The method {self.method!r} is not known; use one of {', '.join(METHODS)}.")
        if self.method == HISTOGRAM and not isinstance(self.bins, Numbers):
            raise ValueError("A histogram of equal bins needs a column of numbers.")
        if len(self.counts) != len(self.bins.labels) or min(self.counts) < 0:
            raise ValueError("A baseline needs one count for each of its bins.")
        if self.rows == 0:
            raise ValueError("The baseline holds no row, so there is nothing to compare with.")

    @property
    def rows(self) -> int:
        """How many rows it was made of."""
        return sum(self.counts)

    @property
    def enough(self) -> bool:
        """Whether it was made of enough rows for a verdict."""
        return self.rows >= ENOUGH

    def against(self, tally: Mapping[int, int]) -> Seen:
        """Hold rows of now against it; `tally` is rows by stretch (numbers) or by place (categories), -1 is NULL."""
        counts = self.bins.counts(tally)
        comparison = compare(self._judged(self.counts), self._judged(counts), self.method)
        return Seen(counts, sum(counts), counts[-1], self.bins.outside(tally), comparison)

    def _judged(self, counts: tuple[int, ...]) -> tuple[int, ...]:
        """The bins that the method looks at: the snippet's histogram sees neither NULL nor what lies outside."""
        return counts[1:-2] if self.method == HISTOGRAM else counts

    def document(self) -> dict[str, Any]:
        """As JSON data."""
        bins: dict[str, Any] = {"categories": list(self.bins.names)} if isinstance(self.bins, Categories) else {
            "edges": list(self.bins.edges),
            "points": list(self.bins.points),
            "low": self.bins.low,
            "high": self.bins.high,
        }  # fmt: skip
        return {"baseline": VERSION, "method": self.method, **bins, "counts": list(self.counts)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Baseline:
        """Read a document. Raises ValueError where it is none of this version."""
        if document.get("baseline") != VERSION:
            raise ValueError("This is not a baseline that this release can read.")
        bins: Numbers | Categories
        if "categories" in document:
            bins = Categories(tuple(document["categories"]))
        else:
            edges, points = (tuple(float(each) for each in document[name]) for name in ("edges", "points"))
            low, high = (None if document[name] is None else float(document[name]) for name in ("low", "high"))
            bins = Numbers(edges, points, low, high)
        return cls(bins, tuple(document["counts"]), document["method"])
