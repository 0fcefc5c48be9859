"""Six rules over a million PostgreSQL rows: an accuracy probe against one scan written by hand."""

import os
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg

from benchmarks.report import report
from contracts_app.domain.document import load
from contracts_app.domain.rules.compile import compile_rules
from portal.core.connectors import registry
from portal.core.connectors.base import Measurable, SystemConfig
from portal.embedded.plan import load_or_make
from portal.embedded.postgres import Postgres
from slo_app.indicators.base import RuleSet, Terms
from slo_app.indicators.registry import kinds

ROWS, ROUNDS, LIMIT = 1_000_000, 7, 1.1

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

TABLE = f"""
CREATE TABLE events AS SELECT
  CASE WHEN n % 5000 = 0 THEN n - 1 ELSE n END AS id,
  CASE WHEN n % 2003 <> 0 THEN 'c_' || n END AS customer_id,
  CASE WHEN n % 3467 = 0 THEN 'bogus' ELSE (ARRAY['view', 'add_to_cart', 'purchase'])[1 + n % 3] END AS kind,
  (CASE WHEN n % 4567 = 0 THEN -1 ELSE n % 9000 END)::float8 AS amount,
  CASE WHEN n % 2666 = 0 THEN 'x' ELSE 'AB' || lpad((n % 1000000)::text, 6, '0') END AS code
FROM generate_series(1, {ROWS}) AS n
"""


def main() -> int:
    """Exit 1 past the limit. Rounds are interleaved, so that a busy machine slows both alike."""
    plan = load_or_make(Path(os.environ.get("CUSTODY_VAR") or Path(__file__).parents[1] / "var") / "bench")
    server = Postgres(plan)
    server.start()
    try:
        ours, by_hand = _rounds(plan.database_url_of("postgres"))
    finally:
        server.stop()
    detail = f"{ROWS:,} rows; medians of {ROUNDS} rounds: {median(ours):.2f} s and {median(by_hand):.2f} s"
    return report(
        "six rules, ours against one scan",
        median(ours) / median(by_hand),
        limit=LIMIT,
        against="one hand-written scan, same PostgreSQL 18",
        detail=detail,
    )


def _rounds(url: str) -> tuple[list[float], list[float]]:
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("DROP TABLE IF EXISTS events")
        session.execute(TABLE)
        session.execute("VACUUM ANALYZE events")
    terms = Terms(rules=_rules())
    ours, by_hand = [], []
    for _ in range(ROUNDS + 1):
        by_hand.append(_timed(lambda: _scan(url)))
        ours.append(_timed(lambda: _probe(url, terms)))
    return ours[1:], by_hand[1:]  # the first round warms the cache


def _rules() -> RuleSet:
    document = load(CONTRACT).document
    assert document is not None
    compiled = compile_rules(document, "postgres")
    return RuleSet(tuple(compiled.rules), tuple(compiled.unique))


def _scan(url: str) -> None:
    with psycopg.connect(url) as session:
        found = session.execute(BY_HAND).fetchone()
    assert found == (ROWS, 499, 218, 0, 288, 375, 200), found


def _probe(url: str, terms: Terms) -> None:
    config = SystemConfig("bench", "postgresql", {}, url)
    with registry.capable("postgresql", Measurable).reader(config, "public.events", timeout_s=60) as reader:
        reading = kinds()["accuracy"].measure(reader, terms)
    assert reading.counts["unique id"] == 400, reading.counts
    assert reading.total == ROWS


def _timed(run: object) -> float:
    started = perf_counter()
    run()  # type: ignore[operator]
    return perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
