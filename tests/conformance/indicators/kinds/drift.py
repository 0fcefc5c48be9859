"""Drift: rows by the bins of a stored baseline, on every source alike."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from slo_app.domain.baseline import Baseline
from slo_app.domain.bins import Categories, Numbers
from slo_app.domain.measurement import Result
from tests.conformance.indicators.planting import Ago, Between, Case, Reads, Table

EVEN = Baseline(Numbers((1.0, 2.0), (), 0.0, 3.0), (100, 100, 100, 0)).document()
PAID = Baseline(Categories(("card", "cash")), (200, 100, 0, 0)).document()


def of(values: Iterable[Any], kind: str = "number", minutes_ago: float = 1) -> Table:
    rows = ({"id": n, "x": each, "seen": Ago(minutes_ago)} for n, each in enumerate(values))
    return Table({"id": "integer", "x": kind, "seen": "time"}, tuple(rows))


def case(
    name: str, dataset: Table, baseline: Any = EVEN, element: str = "x", needs: Iterable[str] = (), **reads: Any
) -> Case:
    return Case(name, dataset, Reads(**reads), {"element": element, "baseline": baseline}, needs=frozenset(needs))


def made(name: str, values: Iterable[Any], before: Iterable[Any], kind: str = "number", **reads: Any) -> Case:
    """With a baseline that the indicator itself makes, on the same source."""
    return Case(name, of(values, kind), Reads(**reads), {"element": "x"}, baseline=of(before, kind))


SPREAD = [n % 100 / 100 for n in range(400)]
CASES = [
    case("the same", of([0.5, 1.5, 2.5] * 100), value=0, total=300,
         counts={"< 1": 100, "1 to 2": 100, "≥ 2": 100, "no value": 0}),
    case("an edge belongs to the bin above it", of([0.0, 1.0, 2.0] * 100), value=0),
    case("rows beyond the range fall into the ends and are counted", of([-5.0, 1.5, 99.0] * 100), value=0,
         figures={"out_of_range_share": Between(66.6, 66.7)}),
    case("NULL has a bin of its own", of([0.5, 1.5, 2.5, None] * 75), value=Between(1, 3),
         counts={"no value": 75}, figures={"null_share": Decimal(25)}),
    case("NaN has the same", of([0.5, 1.5, 2.5, float("nan")] * 75), needs=("infinite_numbers",), value=Between(1, 3),
         counts={"no value": 75}),
    case("under two hundred rows", of([0.5] * 199), result=Result.INSUFFICIENT, total=199, reason="200 are needed"),
    case("no rows", of([]), result=Result.INSUFFICIENT, total=0),
    case("categories", of(["card", "cash", "coin"] * 100, "text"), baseline=PAID, value=Between(1, 4),
         counts={"card": 100, "cash": 100, "any other": 100}),
    case("no baseline", of([0.5] * 300), baseline=None, refused="no baseline"),
    case("an unknown column", of([0.5]), element="nope", refused="no column “nope”"),
    case("a column without a distribution", of([0.5]), element="seen", refused="numbers, booleans"),
    case("a type that has changed", of(["a"] * 300, "text"), refused="type of “x”"),
    made("made from the same rows", SPREAD, SPREAD, value=Between(0, 0.001), total=400),
    made("thirty percent out of the range of what it was made from", [n + (i % 10 < 3) for i, n in enumerate(SPREAD)],
         SPREAD, value=Between(0.25, 6), figures={"out_of_range_share": Between(29, 31)}),
    made("made from a constant, now another", [7.0] * 300, [5.0] * 300, value=Between(5, 30)),
    made("made from words, one of them new", ["a", "b", "new"] * 100, ["a", "b"] * 150, "text", value=Between(0.5, 10)),
]  # fmt: skip
