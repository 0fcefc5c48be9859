"""Twenty rules over a million rows: a whole contract test against one scan written by hand, PostgreSQL and Parquet."""

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import django
import duckdb
import psycopg

from benchmarks.report import report
from contracts_app.domain.document import load
from portal.core.connectors import registry
from portal.core.connectors.base import Measurable, SystemConfig
from portal.embedded.plan import load_or_make
from portal.embedded.postgres import Postgres

ROWS, ROUNDS, FIELDS, LIMIT = 1_000_000, 7, 18, 1.3

NUMBERS = "\n".join(f"  c{n}: {{type: float, min: 0}}" for n in range(FIELDS))
CONTRACT = f"""
name: wide
version: 1.0.0
schema:
{NUMBERS}
  code: {{type: string, pattern: '^[A-Z]{{2}}[0-9]{{6}}$'}}
slos:
  accuracy_rules: [{{rule: c0 + c1 >= 0}}]
"""
COLUMNS = ", ".join(
    f"CASE WHEN n % {5000 + 7 * n} = 0 THEN -1.0 ELSE n % {9000 + n} END::float8 AS c{n}" for n in range(FIELDS)
)
PATTERN = "'^[A-Z]{2}[0-9]{6}$'"


def hand_written(source: str, matches: str) -> str:
    """One scan with the same counts, as somebody who knows the engine would write it."""
    failing = [f"c{n} < 0" for n in range(FIELDS)] + [f"NOT {matches}", "c0 + c1 < 0"]
    counts = ", ".join(f"count(*) FILTER (WHERE {each}) AS f{n}" for n, each in enumerate(failing))
    return f"SELECT count(*) AS total, {counts} FROM {source}"


def main() -> int:
    """Exit 1 past the limit. Rounds are interleaved, so that a busy machine slows both alike."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "CUSTODY_DEMO": ""}
    django.setup()  # for the catalog's models, which the probe's module imports; no portal database is asked
    plan = load_or_make(Path(os.environ.get("CUSTODY_VAR") or Path(__file__).parents[1] / "var") / "bench")
    server = Postgres(plan)
    server.start()
    try:
        code = _postgres(plan.database_url_of("postgres"))
    finally:
        server.stop()
    with tempfile.TemporaryDirectory() as root:
        return max(code, _parquet(Path(root)))


def _postgres(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("DROP TABLE IF EXISTS wide")
        code = "'AB' || lpad((n % 1000000)::text, 6, '0') AS code"
        session.execute(f"CREATE TABLE wide AS SELECT {COLUMNS}, {code} FROM generate_series(1, {ROWS}) AS n")
        session.execute("VACUUM ANALYZE wide")
    config = SystemConfig("bench", "postgresql", {}, url)
    statement = hand_written("wide", f"code ~ {PATTERN}")

    def by_hand() -> tuple[int, ...]:
        with psycopg.connect(url) as session:
            found = session.execute(statement).fetchone()
        assert found is not None
        return tuple(found)

    return _compare("contract test, 20 rules, PostgreSQL", config, "public.wide", by_hand, "PostgreSQL 18")


def _parquet(root: Path) -> int:
    (root / "wide").mkdir()
    code = "'AB' || lpad((n % 1000000)::varchar, 6, '0') AS code"
    query = f"SELECT {COLUMNS}, {code} FROM generate_series(1, {ROWS}) AS q(n)"
    with duckdb.connect() as session:
        session.execute(f"COPY ({query}) TO '{root}/wide/a.parquet'")
    statement = hand_written(f"read_parquet('{root}/wide/a.parquet')", f"regexp_matches(code, {PATTERN})")

    def by_hand() -> tuple[int, ...]:
        with duckdb.connect() as session:
            session.execute("SET threads = 2")
            found = session.execute(statement).fetchone()
        assert found is not None
        return tuple(found)

    config = SystemConfig("bench", "parquet", {"root": str(root)})
    return _compare("contract test, 20 rules, Parquet", config, "wide", by_hand, f"DuckDB {duckdb.__version__}")


def _compare(name: str, config: SystemConfig, dataset: str, by_hand: object, engine: str) -> int:
    ours, theirs = [], []
    for _ in range(ROUNDS + 1):
        spent, counts = _timed(by_hand)
        theirs.append(spent)
        spent, found = _timed(lambda: _test(config, dataset))
        ours.append(spent)
        assert (ROWS, *found) == counts, (found, counts)
    ours, theirs = ours[1:], theirs[1:]  # the first round warms the cache
    detail = f"{ROWS:,} rows; medians of {ROUNDS} rounds: {median(ours):.2f} s and {median(theirs):.2f} s"
    against = f"one hand-written scan, same {engine}"
    return report(name, median(ours) / median(theirs), limit=LIMIT, against=against, detail=detail)


def _test(config: SystemConfig, dataset: str) -> tuple[int, ...]:
    """Every check: columns, types and rules; the failing rows rule by rule."""
    from contracts_app.services.checks_probe import Probe

    document = load(CONTRACT).document
    assert document is not None
    connector = registry.capable(config.kind, Measurable)
    probe = Probe(document, lambda: connector.reader(config, dataset, timeout_s=120), lambda _what: None)
    return tuple(found.failing for found in probe.findings() if found.kind == "rule" and found.failing is not None)


def _timed(run: object) -> tuple[float, tuple[int, ...]]:
    started = perf_counter()
    found = run()  # type: ignore[operator]
    return perf_counter() - started, found


if __name__ == "__main__":
    sys.exit(main())
