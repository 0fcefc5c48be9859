"""Accuracy: rows that pass the whole rule set; NULL and NaN have failed, and so has every row of a duplicate group."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from slo_app.domain.measurement import Result
from tests.conformance.indicators.planting import Ago, Case, Reads, Table

CONTRACT = """
name: events
version: 1.0.0
schema:
  id: {type: integer, required: true, unique: true}
  kind: {type: enum, allowed: [view, purchase], required: true}
  amount: {type: float, min: 0}
"""
KIND, AMOUNT = "kind is one of the allowed values", "amount within its limits"
COLUMNS = {"id": "integer", "kind": "text", "amount": "number", "seen": "time"}
GOOD = {"kind": "view", "amount": 1.5}


def events(*rows: dict[str, Any]) -> Table:
    """Good rows numbered from 1, changed as each says."""
    return Table(COLUMNS, tuple({"id": n, "seen": Ago(n)} | GOOD | row for n, row in enumerate(rows, 1)))


def case(name: str, dataset: Table, contract: str = CONTRACT, needs: tuple[str, ...] = (), **reads: Any) -> Case:
    terms = reads.pop("terms", {})
    return Case(name, dataset, Reads(**reads), terms, contract, needs=frozenset(needs))


CASES = [
    case("all rows pass", events({}, {}, {}), value=100, good=3, total=3),
    case("empty is no data", events(), result=Result.NO_DATA, total=0, reason="no row"),
    case("a row that breaks two rules fails once", events({}, {"kind": "odd", "amount": -1}, {"amount": -1}, {}),
         value=50, good=2, total=4),
    case("NULL fails where it is required", events({}, {"kind": None}), value=50, good=1, total=2),
    case("NULL passes where it is optional", events({}, {"amount": None}), value=100, good=2, total=2),
    case("ninety percent NULL amounts", events(*[{"amount": None if n % 10 else 3.0} for n in range(50)]), value=100),
    case("NaN is not proven to be within its limit",
         events({}, {"amount": math.nan}), CONTRACT.replace("min: 0", "max: 10"),
         needs=("infinite_numbers",), value=50, good=1),
    case("inf is above every limit", events({}, {"amount": math.inf}), CONTRACT.replace("min: 0", "max: 10"),
         needs=("infinite_numbers",), value=50, good=1),
    case("every row of a duplicate group fails", events(*[{"id": n} for n in (1, 1, 1, 2, 2, 3)]),
         good=1, total=6, counts={"unique id": 5}, reason="5 rows repeat “id”"),
    case("a duplicate that breaks a rule too fails once",
         events({"id": 1, "amount": -1}, {"id": 1}, {"id": 2}, {"id": 3}),
         value=50, good=2, total=4, counts={"unique id": 2}),
    case("NULL is nobody's duplicate", events({"id": None}, {"id": None}, {"id": 3}),
         CONTRACT.replace("required: true, unique", "required: false, unique"), value=100, counts={"unique id": 0}),
    case("a row that repeats in two columns fails once",
         events({"id": 1, "kind": "view"}, {"id": 1, "kind": "buy"}, {"id": 3, "kind": "buy"}, {"id": 4, "kind": "x"}),
         "name: e\nversion: 1.0.0\nschema: {id: {type: integer, unique: true}, kind: {type: string, unique: true}}",
         good=1, total=4, counts={"unique id": 2, "unique kind": 2}),
    case("old rows are out of the window, rows without a time stay in",
         events({"seen": Ago(300), "amount": -1}, {"seen": Ago(5)}, {"seen": None, "amount": -1}),
         terms={"element": "seen", "window": timedelta(hours=1)}, good=1, total=2),
    case("a duplicate outside of the window repeats nothing",
         events({"id": 1, "seen": Ago(300)}, {"id": 1, "seen": Ago(5)}),
         terms={"element": "seen", "window": timedelta(hours=1)}, value=100, counts={"unique id": 0}),
    case("no rule", events({}), "", refused="no rule"),
]  # fmt: skip
