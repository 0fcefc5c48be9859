"""Six rules over a million PostgreSQL rows: an accuracy probe, one scan written by hand, Soda and Great Expectations.

The same table and rules for all, rounds interleaved. Failing rows by rule are compared: they must be equal where the
peers mean the same, and how each counts duplicates is written beside the figure. No peer says how many rows pass the
rule set; here it is held against a statement written by hand.
"""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg

from benchmarks.peers.environment import PeerMissing
from benchmarks.peers.quality import GX, SODA, great_expectations, soda
from benchmarks.report import report
from contracts_app.domain.document import load
from contracts_app.domain.rules.compile import compile_rules
from portal.core.connectors import registry
from portal.core.connectors.base import Measurable, SystemConfig
from portal.embedded.plan import load_or_make
from portal.embedded.postgres import Postgres
from slo_app.domain.measurement import Reading
from slo_app.indicators.base import RuleSet, Terms
from slo_app.indicators.registry import kinds

ROWS, ROUNDS, LIMIT = int(os.environ.get("ROWS", "1000000")), int(os.environ.get("ROUNDS", "7")), 1.1

CONTRACT = """
name: events
version: 1.0.0
schema:
  id: {type: integer, unique: true}
  customer_id: {type: string, required: true}
  kind: {type: enum, allowed: [view, add_to_cart, purchase]}
  amount: {type: float, min: 0, max: 10000}
  code: {type: string, pattern: "^[A-Z]{2}[0-9]{6}$"}
"""

BY_HAND = r"""
SELECT count(*) AS total,
       count(*) FILTER (WHERE customer_id IS NULL) AS missing,
       count(*) FILTER (WHERE amount < 0) AS low,
       count(*) FILTER (WHERE amount > 10000) AS high,
       count(*) FILTER (WHERE kind NOT IN ('view', 'add_to_cart', 'purchase')) AS odd,
       count(*) FILTER (WHERE code !~ '^[A-Z]{2}[0-9]{6}$') AS malformed,
       count(id) - count(DISTINCT id) AS surplus
FROM events
"""

PASSING = r"""
SELECT count(*) FILTER (WHERE (customer_id IS NOT NULL AND amount BETWEEN 0 AND 10000 AND copies = 1
       AND kind IN ('view', 'add_to_cart', 'purchase') AND code ~ '^[A-Z]{2}[0-9]{6}$') IS TRUE)
FROM (SELECT *, count(*) OVER (PARTITION BY id) AS copies FROM events) AS counted
"""

TABLE = f"""
CREATE TABLE events AS SELECT
  CASE WHEN n % 5000 = 0 THEN n - 1 ELSE n END AS id,
  CASE WHEN n % 2003 <> 0 THEN 'c_' || n END AS customer_id,
  CASE WHEN n % 3467 = 0 THEN 'bogus' ELSE (ARRAY['view', 'add_to_cart', 'purchase'])[1 + n % 3] END AS kind,
  (CASE WHEN n % 4567 = 0 THEN -1 ELSE n % 9000 END)::float8 AS amount,
  CASE WHEN n % 2666 = 0 THEN 'x' ELSE 'AB' || lpad((n % 1000000)::text, 6, '0') END AS code
FROM generate_series(1, {ROWS}) AS n
"""

SODA_CHECKS = """
checks for events:
  - missing_count(customer_id) = 0: {name: missing, samples limit: 0}
  - invalid_count(amount) = 0: {name: range, valid min: 0, valid max: 10000, samples limit: 0}
  - invalid_count(kind) = 0: {name: enum, valid values: [view, add_to_cart, purchase], samples limit: 0}
  - invalid_count(code) = 0: {name: pattern, valid regex: "^[A-Z]{2}[0-9]{6}$", samples limit: 0}
  - duplicate_count(id) = 0: {name: duplicates, samples limit: 0}
"""
GX_CHECKS = [
    ["ExpectColumnValuesToNotBeNull", {"column": "customer_id"}],
    ["ExpectColumnValuesToBeBetween", {"column": "amount", "min_value": 0, "max_value": 10000}],
    ["ExpectColumnValuesToBeInSet", {"column": "kind", "value_set": ["view", "add_to_cart", "purchase"]}],
    ["ExpectColumnValuesToMatchRegex", {"column": "code", "regex": "^[A-Z]{2}[0-9]{6}$"}],
    ["ExpectColumnValuesToBeUnique", {"column": "id"}],
]
GX_QUESTION = {"table": "events", "expectations": GX_CHECKS, "format": "SUMMARY"}
RULES = ("missing", "range", "enum", "pattern")
Counts = dict[str, int]
Contender = Callable[[], Counts]


def main() -> int:
    """Exit 1 past a limit. Rounds are interleaved, so that a busy machine slows all alike."""
    plan = load_or_make(Path(os.environ.get("CUSTODY_VAR") or Path(__file__).parents[1] / "var") / "bench")
    server = Postgres(plan)
    server.start()
    try:
        return _measured(plan.database_url_of("postgres"))
    finally:
        server.stop()


def _measured(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("DROP TABLE IF EXISTS events")
        session.execute(TABLE)
        session.execute("VACUUM ANALYZE events")
        passing = session.execute(PASSING).fetchone()
    with ExitStack() as opened:
        contenders: dict[str, Contender] = {"by hand": lambda: _by_hand(url), "ours": lambda: _ours(url)}
        try:
            asked_soda, asked_gx = opened.enter_context(soda()), opened.enter_context(great_expectations())
            contenders[SODA] = lambda: _soda(asked_soda.ask(url=url, checks=SODA_CHECKS))
            contenders[GX] = lambda: _gx(
                asked_gx.ask(url=url, table="events", expectations=GX_CHECKS, format="SUMMARY")
            )
        except PeerMissing as missing:
            print(missing)
        seconds, counts = _rounds(contenders)
    assert passing is not None
    assert counts["ours"]["passing"] == passing[0], (counts["ours"], passing)
    return _reported(seconds, counts)


def _rounds(contenders: dict[str, Contender]) -> tuple[dict[str, float], dict[str, Counts]]:
    """Median seconds and counts of each; the counts of the row rules must be the same for all."""
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    counts: dict[str, Counts] = {}
    for _ in range(ROUNDS + 1):
        for name, contender in contenders.items():
            started = perf_counter()
            counts[name] = contender()
            spent[name].append(perf_counter() - started)
    for name, found in counts.items():
        assert [found[rule] for rule in RULES] == [counts["by hand"][rule] for rule in RULES], (name, found)
    return {name: median(each[1:]) for name, each in spent.items()}, counts  # the first round warms the caches


def _reported(seconds: dict[str, float], counts: dict[str, Counts]) -> int:
    ours, by_hand = counts["ours"], seconds["by hand"]
    taken = ", ".join(f"{name} {each:.2f} s" for name, each in seconds.items())
    detail = f"{ROWS:,} rows; medians of {ROUNDS} rounds: {taken}; {ours['passing']:,} rows pass the rule set"
    one_scan = {"limit": LIMIT, "against": "one hand-written scan, same PostgreSQL 18"}
    code = report("six rules, ours against one scan", seconds["ours"] / by_hand, detail=detail, **one_scan)
    for name in set(seconds) & {SODA, GX}:
        peer, theirs = name.rsplit(" ", 1)[0], counts[name]["duplicates"]
        ratio = seconds["ours"] / seconds[name]
        said = (
            f"the same failing rows by rule; duplicates: {theirs} by {peer}, {ours['duplicates']} rows of duplicate "
            f"groups by ours; {peer} says of no row whether it passes all rules"
        )
        code |= report(f"six rules, ours against {peer}", ratio, limit=1, against=name, detail=said)
    return code


def _by_hand(url: str) -> Counts:
    with psycopg.connect(url) as session:
        found = session.execute(BY_HAND).fetchone()
    assert found is not None
    total, missing, low, high, odd, malformed, surplus = found
    assert total == ROWS
    return {"missing": missing, "range": low + high, "enum": odd, "pattern": malformed, "duplicates": surplus}


def _ours(url: str) -> Counts:
    document = load(CONTRACT).document
    assert document is not None
    compiled = compile_rules(document, "postgres")
    terms = Terms(rules=RuleSet(tuple(compiled.rules), tuple(compiled.unique)))
    config = SystemConfig("bench", "postgresql", {}, url)
    with registry.capable("postgresql", Measurable).reader(config, "public.events", timeout_s=60) as reader:
        return _counted(kinds()["accuracy"].measure(reader, terms))


def _counted(reading: Reading) -> Counts:
    assert reading.total == ROWS
    assert reading.good is not None
    named = {"customer_id": "missing", "amount": "range", "kind": "enum", "code": "pattern", "unique": "duplicates"}
    found: Counts = {"passing": reading.good}
    for name, rows in reading.counts.items():
        key = named[name.replace(".", " ").split()[0]]
        found[key] = found.get(key, 0) + rows
    return found


def _soda(answer: dict) -> Counts:
    assert not answer["errors"], answer["errors"]
    return {check["name"]: int(check["value"]) for check in answer["checks"]}


def _gx(answer: dict) -> Counts:
    found = [int(check["result"].get("unexpected_count", 0)) for check in answer["checks"]]
    return dict(zip((*RULES, "duplicates"), found, strict=True))


if __name__ == "__main__":
    sys.exit(main())
