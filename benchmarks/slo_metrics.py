"""A scrape of `/metrics` with ten thousand SLOs: whole, and its text beside the client library's own writer.

In this process, on a private PostgreSQL: the rows are read, made into series and written as they are for Prometheus.
Processor time is compared, wall time is held against Prometheus' scrape timeout of ten seconds. Five rounds, the median
counts.

    python -m benchmarks.slo_metrics [SLOs, default 10000]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from benchmarks.own_servers import installed_portal
from benchmarks.report import report

ROUNDS = 5
TIMEOUT_S = 10.0
LIBRARY_SHARE = 0.5


def main() -> int:
    """Plant and measure; exit 1 where a scrape would time out or the own writer is not worth its lines."""
    slos = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with installed_portal():
        plant(slos)
        from prometheus_client.openmetrics.exposition import generate_latest

        from portal.core.web import exposition
        from portal.core.web.metrics import registry
        from portal.wsgi import settle_heap

        settle_heap()
        found = _kept(registry(lambda _: True))
        library, _ = timed(lambda: generate_latest(found))
        own, _ = timed(lambda: exposition.openmetrics(found))
        processor, wall = timed(lambda: exposition.openmetrics(registry(lambda _: True)))
        size = len(exposition.openmetrics(found)) / 1e6
    code = report(
        "metrics: text of the series, of the client library's processor time", own / library,
        limit=LIBRARY_SHARE, against=f"prometheus_client {version('prometheus_client')}, same series",
        detail=f"{slos:,} SLOs: {own:.2f} s against {library:.2f} s",
    )  # fmt: skip
    return code | report(
        "metrics: a whole scrape", wall, limit=TIMEOUT_S, unit="s", against="Prometheus' default scrape timeout",
        detail=f"{slos:,} SLOs, {size:.1f} MB, {processor:.2f} s of processor in this process",
    )  # fmt: skip


def plant(slos: int) -> None:
    """SLOs with measurements and alerts, half of them on one asset."""
    from portal.core.clock.services import now
    from tests import many_rows
    from tests.people import build_world

    world = build_world()
    ground = many_rows.Ground(team=world.platform, owner=world.ana, signer=world.pia, at=now())
    numbers = range(slos // 2)
    many_rows.slos(ground, numbers, many_rows.catalog(ground, numbers))


def timed(act: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of processor and wall time, each the median of the rounds."""
    processor, wall = [], []
    for _ in range(ROUNDS):
        began, spent = time.perf_counter(), time.process_time()
        act()
        processor.append(time.process_time() - spent)
        wall.append(time.perf_counter() - began)
    return statistics.median(processor), statistics.median(wall)


def _kept(found: Any) -> Any:
    """The same registry with its families read once, so that both writers write and neither reads."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.registry import Collector

    families = list(found.collect())

    class Kept(Collector):
        def collect(self) -> Any:
            return iter(families)

        def describe(self) -> Any:
            return ()

    kept = CollectorRegistry(auto_describe=False)
    kept.register(Kept())
    return kept


if __name__ == "__main__":
    sys.exit(main())
