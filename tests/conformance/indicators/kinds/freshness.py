"""Freshness: the newest believable time, told from nothing, from NULL and from the future."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from slo_app.domain.measurement import Result
from tests.conformance.indicators.planting import Ago, Between, Case, Reads, Table

DAY = 24 * 60


def at(*minutes: float | None, kind: str = "time") -> Table:
    """One row a time; None is NULL."""
    rows = ({"id": n, "seen": None if each is None else Ago(each)} for n, each in enumerate(minutes))
    return Table({"id": "integer", "seen": kind}, tuple(rows))


def case(name: str, dataset: Table, element: str = "seen", needs: tuple[str, ...] = (), **reads: Any) -> Case:
    settings = reads.pop("settings", {})
    return Case(name, dataset, Reads(**reads), {"element": element, "settings": settings}, needs=frozenset(needs))


CASES = [
    case("age of the newest", at(90, 12, 30), value=Between(12, 13), total=3, figures={"null_share": Decimal(0)}),
    case("stale", at(21, 600), value=Between(21, 22)),
    case("empty is no data", at(), result=Result.NO_DATA, total=0, reason="empty"),
    case("all NULL is a breach", at(None, None), result=Result.BREACH, total=2,
         counts={"without a time": 2}, figures={"null_share": Decimal(100)}, reason="All 2 rows lack a time"),
    case("one future row hides nothing", at(-120, 3 * DAY, 4 * DAY), value=Between(3 * DAY, 3 * DAY + 1),
         counts={"in the future": 1}, reason="1 rows in the future"),
    case("only future and NULL", at(-120, None), result=Result.BREACH, reason="1 lack one, 1 lie ahead"),
    case("a writer 30 seconds ahead", at(-0.5, 100), value=0, counts={"in the future": 0}),
    case("sixty percent NULL", at(2, 5, *[None] * 3), value=Between(2, 3),
         counts={"without a time": 3}, figures={"null_share": Decimal(60)}, reason="3 rows without a time"),
    case("too many NULL", at(2, 5, *[None] * 3), settings={"max_null_share": "50"}, result=Result.BREACH,
         value=Between(2, 3), reason="60 % of the rows lack a time, more than the 50 % that may"),
    case("an allowance for clocks", at(-5, 100), settings={"skew_seconds": 600}, value=0, counts={"in the future": 0}),
    case("naive times are UTC", at(5, 500, kind="naive_time"), value=Between(5, 6)),
    case("a naive time ahead is not believed", at(-120, 500, kind="naive_time"), value=Between(500, 501),
         counts={"in the future": 1}),
    case("a date counts from its first second in UTC", at(0, 9 * DAY, kind="date"), value=Between(0, DAY + 1)),
    case("an old date", at(3 * DAY, kind="date"), value=Between(3 * DAY - 1, 4 * DAY + 1)),
    case("tomorrow's date is ahead", at(-2 * DAY, 3 * DAY, kind="date"), value=Between(3 * DAY - 1, 4 * DAY + 1),
         counts={"in the future": 1}),
    case("infinitely far ahead", Table({"seen": "time"}, ({"seen": "infinity"}, {"seen": Ago(60)})),
         needs=("infinite_times",), value=Between(60, 61), counts={"in the future": 1}),
    case("infinitely far back", Table({"seen": "time"}, ({"seen": "-infinity"},)), needs=("infinite_times",),
         result=Result.BREACH, reason="1 lie infinitely far back"),
    case("no element", at(1), element="", refused="No event-time column is named"),
    case("an unknown element", at(1), element="nope", refused="no column “nope”"),
    case("an element that is no time", at(1), element="id", refused="not a time"),
]  # fmt: skip
