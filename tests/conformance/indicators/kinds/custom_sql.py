"""Custom SQL: the programme's own statement, shares and values, on every engine; and what is refused on each."""

from __future__ import annotations

import math
from typing import Any

from slo_app.domain.measurement import Result
from tests.conformance.indicators.planting import Ago, Between, Case, Reads, Table

PROGRAMME = """
SELECT
  SUM(CASE WHEN amount_usd < 0 THEN 1 ELSE 0 END) AS neg_amount_rows,
  COUNT(*) AS total_rows
FROM customer_events_v1
WHERE event_ts >= DATEADD('hour', -1, CURRENT_TIMESTAMP);
"""
COLUMNS = {"id": "integer", "amount_usd": "number", "event_ts": "time", "note": "text"}
ROWS = (
    {"id": 1, "amount_usd": 5.0, "event_ts": Ago(5), "note": "a"},
    {"id": 2, "amount_usd": -1.0, "event_ts": Ago(30), "note": "b"},
    {"id": 3, "amount_usd": None, "event_ts": Ago(45)},
    {"id": 4, "amount_usd": 7.5, "event_ts": Ago(50), "note": "a"},
    {"id": 5, "amount_usd": -9.0, "event_ts": Ago(600), "note": "c"},
)
SHARE = {"bad": "neg_amount_rows", "total": "TOTAL_ROWS"}


def case(name: str, sql: str, settings: dict[str, str], rows: Any = ROWS, **reads: Any) -> Case:
    needs = frozenset(reads.pop("needs", ()))
    terms = {"asset": "gold.customer_events_v1", "settings": {"sql": sql, **settings}}
    return Case(name, Table(COLUMNS, rows), Reads(**reads), terms, needs=needs)


CASES = [
    case("the programme's statement", PROGRAMME, SHARE, value=75, good=3, total=4, counts={"bad": 1}),
    case("over nothing", PROGRAMME, SHARE, (), result=Result.NO_DATA, total=0),
    case("nothing in the hour", PROGRAMME, SHARE, ROWS[-1:], result=Result.NO_DATA, total=0),
    case("a value", "SELECT DATEDIFF('minute', MAX(event_ts), CURRENT_TIMESTAMP()) AS v FROM {asset}", {"value": "v"},
         value=Between(4, 6)),
    case("a value that is NULL", "SELECT max(amount_usd) AS v FROM {asset} WHERE id > 99", {"value": "v"},
         result=Result.NO_DATA, reason="NULL"),
    case("good and total", "SELECT COUNT_IF(note IS NOT NULL) AS good, COUNT(*) AS total FROM {asset}",
         {"good": "good", "total": "total"}, value=80, good=4),
    case("a WITH, a window function and a join of the asset with itself",
         "WITH n AS (SELECT note, ROW_NUMBER() OVER (PARTITION BY note ORDER BY id) AS nth FROM customer_events_v1) "
         "SELECT COUNT_IF(nth > 1) AS again, COUNT(*) AS total FROM n "
         "JOIN (SELECT DISTINCT note AS known FROM {asset}) AS k ON n.note = k.known",
         {"bad": "again", "total": "total"}, good=3, total=4),
    case("another dialect", "SELECT countIf(amount_usd < 0) AS bad, count(*) AS total FROM `customer_events_v1`",
         {"bad": "bad", "total": "total", "dialect": "databricks"}, good=3, total=5),
    case("several rows", "SELECT note AS v FROM {asset}", {"value": "v"}, failed="rows where exactly one is wanted"),
    case("a text", "SELECT max(note) AS v FROM {asset}", {"value": "v"}, refused="column for value is no number"),
    case("not finite", "SELECT max(amount_usd) AS v FROM {asset}", {"value": "v"}, ({"amount_usd": math.inf},),
         needs=("infinite_numbers",), refused="not finite"),
    case("more bad than all", "SELECT 3 AS bad, 2 AS total FROM {asset} LIMIT 1",
         {"bad": "bad", "total": "total"}, refused="counted 3 bad rows of 2"),
    case("another table", "SELECT count(*) AS v FROM pg_catalog.pg_authid", {"value": "v"},
         refused="not this SLO's asset"),
    case("a file by function", "SELECT count(*) AS v FROM read_csv('/etc/passwd')", {"value": "v"},
         refused="Only the asset itself"),
    case("a file of the server", "SELECT pg_read_file('/etc/passwd') AS v FROM {asset}", {"value": "v"},
         refused="(?i)function pg_read_file is not allowed"),
    case("another server", "SELECT count(*) AS v FROM dblink('host=x', 'SELECT 1')", {"value": "v"},
         refused="Only the asset itself"),
    case("a write in a WITH", "WITH x AS (DELETE FROM {asset}) SELECT 1 AS v FROM x", {"value": "v"},
         refused="Each part of a WITH is a SELECT"),
    case("an unknown column", "SELECT max(nope) AS v FROM {asset}", {"value": "v"}, refused="no column “nope”"),
    case("no statement", "", {}, refused="no statement yet"),
]  # fmt: skip
