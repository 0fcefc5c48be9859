"""Cases in which a test of data must not pass: freshness and accuracy beside Soda and Great Expectations.

Each case is a small table with a known truth. A tool errs where it passes what is broken or was never there; saying
"fail" for "there is no data" is named beside the figure, since neither peer has a third answer.
"""

import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from benchmarks.peers.environment import PeerMissing
from benchmarks.peers.quality import GX, SODA, great_expectations, soda
from benchmarks.peers.warm import Warm
from benchmarks.report import report
from portal.core.connectors import registry
from portal.core.connectors.base import Measurable, SystemConfig
from portal.embedded.plan import load_or_make
from portal.embedded.postgres import Postgres
from slo_app.domain.bounds import Bound
from slo_app.domain.measurement import Result, judge
from slo_app.indicators.base import RuleSet, Terms
from slo_app.indicators.registry import kinds

# Case: rows as SQL, what is asked (freshness within 15 minutes, or that no customer is missing), and the truth.
FRESH, COMPLETE = "freshness", "no customer is missing"
CASES = {
    "newest row two hours ahead, the rest three days old": (
        "SELECT now() + interval '2 hours' AS seen, 'a' AS customer UNION ALL SELECT now() - interval '3 days', 'b'",
        FRESH, "broken",
    ),
    "every time NULL": ("SELECT NULL::timestamptz AS seen, 'a' AS customer", FRESH, "broken"),
    "rows of an hour ago": ("SELECT now() - interval '1 hour' AS seen, 'a' AS customer", FRESH, "broken"),
    "fresh rows": ("SELECT now() AS seen, 'a' AS customer", FRESH, "sound"),
    "empty table, freshness": ("SELECT now() AS seen, 'a' AS customer WHERE false", FRESH, "no data"),
    "empty table, rule": ("SELECT now() AS seen, 'a' AS customer WHERE false", COMPLETE, "no data"),
    "one customer missing": ("SELECT now() AS seen, NULL::text AS customer", COMPLETE, "broken"),
}  # fmt: skip
WORDS = {Result.OK: "sound", Result.BREACH: "broken", Result.NO_DATA: "no data"}


def main() -> int:
    """Exit 1 where ours passes or misnames a single case."""
    plan = load_or_make(Path(os.environ.get("CUSTODY_VAR") or Path(__file__).parents[1] / "var") / "bench")
    server = Postgres(plan)
    server.start()
    try:
        return _compare(plan.database_url_of("postgres"))
    finally:
        server.stop()


def _compare(url: str) -> int:
    with ExitStack() as opened:
        peers: dict[str, Warm] = {}
        try:
            peers = {SODA: opened.enter_context(soda()), GX: opened.enter_context(great_expectations())}
        except PeerMissing as missing:
            print(missing)
        said: dict[str, dict[str, str]] = {name: {} for name in ("ours", *peers)}
        for number, (case, (rows, asked, _)) in enumerate(CASES.items()):
            table = f"truth_{number}"  # one each: a peer's session may still hold the last one
            with psycopg.connect(url, autocommit=True) as session:
                session.execute(f"DROP TABLE IF EXISTS {table}")
                session.execute(f"CREATE TABLE {table} AS {rows}")
            said["ours"][case] = _ours(url, table, asked)
            for name, peer in peers.items():
                said[name][case] = (_soda if name == SODA else _gx)(peer, url, table, asked)
    return _reported(said)


def _reported(said: dict[str, dict[str, str]]) -> int:
    wrong = {
        name: [case for case, (_, _, truth) in CASES.items() if found[case] != truth] for name, found in said.items()
    }
    told = "; ".join(f"{name}: {_errors(said[name], wrong[name])}" for name in said if name != "ours")
    for name, cases in wrong.items():
        print(f"{name}: {_errors(said[name], cases)}")
    return report(
        "cases of freshness and accuracy that ours misjudges", len(wrong["ours"]), limit=0, unit=f"of {len(CASES)}",
        against=f"the truth, {SODA} and {GX} on the same tables", detail=told,
    )  # fmt: skip


def _errors(found: dict[str, str], cases: list[str]) -> str:
    return ", ".join(f"“{found[case]}” for {case}" for case in cases) or "all right"


def _ours(url: str, table: str, asked: str) -> str:
    config = SystemConfig("bench", "postgresql", {}, url)
    kind = kinds()["freshness" if asked == FRESH else "accuracy"]
    rules = RuleSet((("customer is there", '"customer" IS NOT NULL'),))
    with registry.capable("postgresql", Measurable).reader(config, f"public.{table}") as reader:
        reading = kind.measure(reader, Terms(element="seen", rules=rules))
    return WORDS[judge(reading, Bound(*kind.defaults.target), Bound(*kind.defaults.alert)).result]


def _soda(peer: Warm, url: str, table: str, asked: str) -> str:
    check = "freshness(seen) < 15m" if asked == FRESH else "missing_percent(customer) < 1: {samples limit: 0}"
    answer = peer.ask(url=url, checks=f"checks for {table}:\n  - {check}\n")
    assert not answer["errors"], answer["errors"]
    return {"pass": "sound", "fail": "broken", None: "no data"}[answer["checks"][0]["outcome"]]


def _gx(peer: Warm, url: str, table: str, asked: str) -> str:
    oldest = (datetime.now(UTC) - timedelta(minutes=15)).isoformat()
    expectations = {
        FRESH: ["ExpectColumnMaxToBeBetween", {"column": "seen", "min_value": oldest}],
        COMPLETE: ["ExpectColumnValuesToNotBeNull", {"column": "customer"}],
    }
    answer = peer.ask(url=url, table=table, expectations=[expectations[asked]], format="SUMMARY")
    return "sound" if answer["checks"][0]["success"] else "broken"


if __name__ == "__main__":
    sys.exit(main())
