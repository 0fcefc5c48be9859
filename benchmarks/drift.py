"""PSI with stored edges, inside PostgreSQL and over Parquet, against Evidently on the same rows in the same run.

Three things: the value equals Evidently's where both use its bins and its smoothing (finite numbers without ties); the
time of a look at 1M and 10M rows; and the cases of the design where the right answer is known, ours and the peer's.

    python -m benchmarks.drift [rounds, default 5]
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import django
import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers.environment import PeerMissing
from benchmarks.report import report
from portal.core.connectors import registry as connectors
from portal.core.connectors.base import Measurable, SystemConfig
from portal.embedded.plan import load_or_make
from portal.embedded.postgres import Postgres

MILLION = 1_000_000
SHIFTS = (0.0, 0.3, 1.0, 8.0)
CASE_ROWS = 200_000
# Source: the design's "Figures to reach", seconds.
LIMITS = {"parquet": 0.6, "postgresql": 0.2}


def main() -> int:
    """Exit 1 where a figure is past its limit, an answer is wrong, or the peer could not be measured."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "CUSTODY_DEMO": ""}
    django.setup()  # for the catalog's models, which the probe's module imports; no portal database is asked
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    from benchmarks.peers import evidently_psi as evidently

    with tempfile.TemporaryDirectory(prefix="custody-bench-") as folder:
        try:
            with evidently.Warm() as peer:
                lake = Lake(Path(folder))
                codes = [_equality(lake, peer, evidently.TITLE), _cases(lake, peer, evidently.TITLE)]
                codes.append(_parquet(lake, peer, evidently.TITLE, rounds))
        except PeerMissing as missing:
            print(missing)
            return 1
    return max(*codes, _postgres(rounds))


class Lake:
    """Columns of numbers as Parquet folders that the connector reads."""

    def __init__(self, root: Path) -> None:
        self.root, self.config = root, SystemConfig("lake", "parquet", {"root": str(root)})

    def write(self, name: str, values: Any) -> Path:
        """One file with the column `x`."""
        (self.root / name).mkdir(exist_ok=True)
        path = self.root / name / "0.parquet"
        pq.write_table(pa.table({"x": pa.array(values, pa.float64(), from_pandas=False)}), path)
        return path

    def asked(self, name: str, ask: Callable[[Any], Any]) -> Any:
        """What a reader of that dataset answers."""
        return _asked(self.config, name, ask)


def _asked(config: SystemConfig, name: str, ask: Callable[[Any], Any]) -> Any:
    with connectors.capable(config.kind, Measurable).reader(config, name, timeout_s=300) as reader:
        return ask(reader)


def _indicator() -> tuple[Any, Any]:
    from slo_app.indicators.base import Terms
    from slo_app.indicators.registry import kinds

    return kinds()["drift"], Terms


def _baseline(config: SystemConfig, name: str) -> dict[str, Any]:
    kind, terms = _indicator()
    return _asked(config, name, lambda reader: kind.baseline(reader, terms(element="x")).document())


def _look(config: SystemConfig, name: str, document: dict[str, Any]) -> Any:
    kind, terms = _indicator()
    return _asked(config, name, lambda reader: kind.measure(reader, terms(element="x", baseline=document)))


def _equality(lake: Lake, peer: Any, title: str) -> int:
    """Both over the peer's own bins (Sturges, of both samples together), counted by our SQL, floored its way."""
    from slo_app.domain.bins import Numbers
    from slo_app.domain.psi import FLOOR, compare
    from slo_app.indicators.distribution import column_of, tally

    random, worst = np.random.default_rng(11), 0.0
    expected = random.normal(size=MILLION)
    for shift in SHIFTS:
        actual = random.normal(shift, 1.1, size=MILLION)
        edges = np.histogram_bin_edges(np.concatenate([expected, actual]), bins="sturges")
        bins = Numbers(tuple(float(edge) for edge in edges[1:-1]))
        files = [lake.write(name, values) for name, values in (("then", expected), ("now", actual))]
        counts = [
            bins.counts(lake.asked(name, lambda reader: tally(reader, column_of(reader, "x"), bins)[1]))[:-1]  # noqa: B023
            for name in ("then", "now")
        ]
        ours, theirs = compare(*counts, FLOOR).value, peer.ask(*files)["value"]
        worst = max(worst, abs(ours - theirs) / max(theirs, 1e-12))
    detail = f"PSI of N(0, 1) and N(shift, 1.1), shifts {SHIFTS}, {MILLION:,} rows a side, method floor:1e-4"
    return report("PSI, largest relative difference", worst, limit=1e-6, unit="", against=title, detail=detail)


def _cases(lake: Lake, peer: Any, title: str) -> int:
    """The design's table: how many answers of ours are wrong, and which of the peer's."""
    wrong, theirs = [], []
    for name, (expected, actual, least, most) in _table().items():
        files = [lake.write(side, values) for side, values in (("case_then", expected), ("case_now", actual))]
        value = _look(lake.config, "case_now", _baseline(lake.config, "case_then")).value
        if not least <= float(value) < most:
            wrong.append(name)
        answer = peer.ask(*files)
        seen = answer.get("value")
        if seen is None or not least <= seen < most:
            theirs.append(f"{name}: {answer.get('error') or ('no number' if seen is None else f'{seen:.3g}')}")
    print(f"wrong for {title}: {'; '.join(theirs) or 'none'}")
    detail = f"{CASE_ROWS:,} rows a side; outside the design's range for the peer: {'; '.join(theirs) or 'none'}"
    return report(
        "PSI, wrong answers in the table of cases", len(wrong), limit=0, unit="", against=title, detail=detail
    )


def _table() -> dict[str, tuple[Any, Any, float, float]]:
    """The design's cases with the range in which the right answer lies."""
    random = np.random.default_rng(7)
    normal, other, uniform = (
        random.normal(size=CASE_ROWS),
        random.normal(size=CASE_ROWS),
        random.uniform(size=CASE_ROWS),
    )
    moved = random.uniform(size=CASE_ROWS) + (np.arange(CASE_ROWS) < 0.3 * CASE_ROWS)
    five = np.full(CASE_ROWS, 5.0)

    def with_one(values: Any, odd: float) -> Any:
        return np.concatenate([[odd], values[1:]])

    return {
        "the same": (normal, other, 0, 0.001),
        "30 % out of the range": (uniform, moved, 0.44, 0.46),
        "shifted by a half": (normal, other + 0.5, 0.23, 0.25),
        "one outlier now": (normal, with_one(other + 1, 1e6), 0.91, 0.95),
        "one outlier then": (with_one(normal, 1e6), other + 1, 0.91, 0.95),
        "constant 5 to 7": (five, five + 2, 5, math.inf),
        "constant 5 to N(5, 1)": (five, other + 5, 5, math.inf),
        "10 % NaN now": (normal, np.where(np.arange(CASE_ROWS) % 10 == 0, math.nan, other), 1.0, 1.15),
        "one infinity now": (normal, with_one(other, math.inf), 0, 0.001),
    }


def _parquet(lake: Lake, peer: Any, title: str, rounds: int) -> int:
    """A look over Parquet with stored edges, the opening of the files included; the peer has its rows in memory."""
    random, code = np.random.default_rng(3), 0
    for rows in (MILLION, 10 * MILLION):
        files = [
            lake.write(name, random.normal(mean, width, size=rows))
            for name, mean, width in (("big_then", 0, 1), ("big_now", 0.3, 1.1))
        ]
        document = _baseline(lake.config, "big_then")
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(_timed(lambda: _look(lake.config, "big_now", document)))  # noqa: B023
            theirs += peer.ask(*files)["seconds"]
        page = peer.ask(*files, how="report")["seconds"][0] if rows == MILLION else 0.0
        ratio = median(theirs) / median(ours)
        against = f"the design's limit; the function of {title} takes {median(theirs):.3g} s, {ratio:.3g} times as long"
        detail = f"medians of {rounds} rounds" + (f"; its report takes {page:.3g} s" if page else "")
        name = f"PSI of {rows // MILLION}M numbers over Parquet, stored edges"
        code |= report(name, median(ours), limit=LIMITS["parquet"], unit="s", against=against, detail=detail)
    return code


def _postgres(rounds: int) -> int:
    """A million rows inside PostgreSQL; no row leaves it."""
    plan = load_or_make(Path(os.environ.get("CUSTODY_VAR") or Path(__file__).parents[1] / "var") / "bench")
    server = Postgres(plan)
    server.start()
    try:
        url = plan.database_url_of("postgres")
        with psycopg.connect(url, autocommit=True) as session:
            session.execute("DROP TABLE IF EXISTS bench_drift")
            session.execute(
                "CREATE TABLE bench_drift AS SELECT sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS x,"
                " now() AS event_ts FROM generate_series(1, %s::int)", (MILLION,),
            )  # fmt: skip
            session.execute("VACUUM (FREEZE, ANALYZE) bench_drift")
        config = SystemConfig("warehouse", "postgresql", {}, url)
        document = _baseline(config, "public.bench_drift")
        seconds = _asked(config, "public.bench_drift", lambda reader: _looks(reader, document, rounds + 1))[1:]
    finally:
        server.stop()
    detail = f"median of {rounds} looks in one session"
    name = "PSI of 1M rows inside PostgreSQL, stored edges"
    return report(
        name, median(seconds), limit=LIMITS["postgresql"], unit="s", against="the design's limit", detail=detail
    )


def _looks(reader: Any, document: dict[str, Any], rounds: int) -> list[float]:
    """Seconds of each look in one session."""
    kind, terms = _indicator()
    return [_timed(lambda: kind.measure(reader, terms(element="x", baseline=document))) for _ in range(rounds)]


def _timed(act: Callable[[], Any]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
