"""The population stability index of two distributions, from counts by bin alone.

PSI is the sum over bins of (p - q) ln(p / q), twice the mean of the two Kullback-Leibler divergences. Where a bin is
empty the formula has no value, so half a row is added to each: p = (count + 0.5) / (n + 0.5 k), which is finite for
any counts and weighs an emptied bin by the size of the sample. Two other ways of computing it are kept by name, to
compare figures with the tools that work so; they are not right in general.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 200  # rows on either side for a verdict: with 100, chance alone passes 0.25 in one of a hundred looks
HALF = "half"
FLOOR = "floor:1e-4"
HISTOGRAM = "histogram"
METHODS = {
    HALF: "Deciles of the baseline, half a row added to each bin",
    FLOOR: "Deciles, an empty bin counts as 0.0001 (as Evidently smooths)",
    HISTOGRAM: "Ten equal bins of the baseline's range, what lies outside is left out (the programme's first snippet)",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two distributions over the same bins: `value` is their PSI, `by_bin` what each bin adds to it.

    `by_chance` is the mean of the index where nothing has changed, (k - 1)(1/n + 1/m): a value near it says nothing.
    """

    value: float
    by_bin: tuple[float, ...]
    by_chance: float
    enough: bool


def compare(expected: Sequence[int], actual: Sequence[int], smoothing: str = HALF) -> Comparison:
    """Compare rows by bin of a baseline with those of now; the bins must be the same, in the same order.

    Raises ValueError for an empty baseline, which is a mistake of the set-up and not an index of 0.

    >>> round(compare([500, 500], [500, 500]).value, 6), compare([1000, 0], [0, 1000]).value > 10
    (0.0, True)
    >>> compare([500, 500], [60, 60]).enough
    False
    """
    if len(expected) != len(actual) or len(expected) < 2:
        raise ValueError("Two distributions are compared over the same bins, at least two.")
    if sum(expected) == 0:
        raise ValueError("The baseline holds no row, so there is nothing to compare with.")
    shares = {HALF: _half, FLOOR: _floored, HISTOGRAM: _snippet}[smoothing]
    terms = tuple((p - q) * math.log(p / q) for p, q in zip(shares(expected), shares(actual), strict=True))
    n, m = sum(expected), sum(actual)
    chance = (len(expected) - 1) * (1 / n + 1 / m) if m else math.inf
    return Comparison(math.fsum(terms), terms, chance, n >= ENOUGH and m >= ENOUGH)


def _half(counts: Sequence[int]) -> list[float]:
    total = sum(counts) + 0.5 * len(counts)
    return [(count + 0.5) / total for count in counts]


def _floored(counts: Sequence[int]) -> list[float]:
    """An empty bin is 0.0001, or a millionth of the smallest share where that one is not above 0.0001.

    Source: `get_binned_data` of Evidently 0.7.23.
    """
    shares = _plain(counts)
    smallest = min((share for share in shares if share), default=1.0)
    floor = smallest / 10**6 if smallest <= 1e-4 else 1e-4
    return [share or floor for share in shares]


def _snippet(counts: Sequence[int]) -> list[float]:
    """An empty bin is 0.000001; the shares are of what fell inside. Source: the programme's first PSI snippet."""
    return [share or 1e-6 for share in _plain(counts)]


def _plain(counts: Sequence[int]) -> list[float]:
    total = sum(counts) or 1
    return [count / total for count in counts]
