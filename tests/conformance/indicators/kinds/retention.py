"""Retention: the oldest believable time, told from nothing and from NULL."""

from __future__ import annotations

from typing import Any

from slo_app.domain.measurement import Result
from tests.conformance.indicators.planting import Ago, Between, Case, Reads, Table

DAY = 24 * 60


def at(*minutes: float | None) -> Table:
    """One row a time; None is NULL."""
    rows = ({"id": n, "seen": None if each is None else Ago(each)} for n, each in enumerate(minutes))
    return Table({"id": "integer", "seen": "time"}, tuple(rows))


def case(name: str, dataset: Table, element: str = "seen", **reads: Any) -> Case:
    return Case(name, dataset, Reads(**reads), {"element": element})


CASES = [
    case("age of the oldest", at(30, 3 * DAY, 10 * DAY), value=Between(10, 10.01), total=3),
    case("empty is no data", at(), result=Result.NO_DATA, total=0, reason="empty"),
    case("all NULL is a breach", at(None, None), result=Result.BREACH, counts={"without a time": 2}),
    case(
        "NULL is counted beside", at(None, DAY), value=Between(1, 1.01), counts={"without a time": 1}, reason="1 rows"
    ),
    case("never negative", at(-60), value=0),
    case("an element that is no time", at(1), element="id", refused="not a time"),
]
