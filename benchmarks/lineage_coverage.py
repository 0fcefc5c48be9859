"""Coverage of 1,000 declared flows, and a look of the watch over 100,000 expected jobs with a million runs.

Limits: a page of lineage 300 ms (design/lineage), a look two seconds, so that it fits many times into its minute. A
twentieth of the hops is stale, a tenth leads over a dataset that no flow names: both are searched for. Requests go
through the whole stack of the portal in this process, on a private PostgreSQL and Valkey that are started for this run.
"""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.own_servers import installed_portal
from benchmarks.report import report
from benchmarks.timing import page_times, percentile

JOBS, RUNS_A_JOB, FLOWS = 100_000, 10, 1_000
ROUNDS = 15
PAGE_MS, LOOK_S = 300.0, 2.0

_ASSETS = """
INSERT INTO catalog_asset (namespace, name, kind, layer, tier, tier_reason, owner_team_id)
SELECT d.namespace, d.name, CASE WHEN place = 55 THEN 'product' ELSE 'table' END,
       CASE WHEN place = 55 THEN 'product' ELSE 'transform' END,
       CASE WHEN place = 55 THEN 1 END, CASE WHEN place = 55 THEN 'board KPI' ELSE '' END, %s
FROM generate_series(0, %s - 1) flow, generate_series(50, 55) place
JOIN lineage_app_dataset d ON true WHERE d.id = %s + (flow * 100 + place) * 2
"""
_CLAIM = """
UPDATE lineage_app_dataset d SET asset_id = a.id FROM catalog_asset a
WHERE a.namespace = d.namespace AND a.name = d.name
"""
_FLOWS = """
INSERT INTO catalog_flow (name, owner_team_id)
SELECT 'flow ' || to_char(n, 'FM00000'), %s FROM generate_series(0, %s - 1) n
"""
_STEPS = """
INSERT INTO catalog_flowstep (flow_id, position, asset_id)
SELECT f.id, place, a.id FROM generate_series(0, %s - 1) flow
JOIN catalog_flow f ON f.name = 'flow ' || to_char(flow, 'FM00000')
CROSS JOIN generate_series(50, 55) place
JOIN lineage_app_dataset d ON d.id = %s + (flow * 100 + place) * 2
JOIN catalog_asset a ON a.id = d.asset_id
WHERE NOT (flow %% 10 = 0 AND place = 52)  -- its neighbours' hop leads over a dataset that the flow does not name
"""
_STALE = """
UPDATE lineage_app_edge SET last_seen = last_seen - interval '20 days'
WHERE dst_id IN (SELECT %s + (flow * 100 + 54) * 2 FROM generate_series(0, %s - 1, 4) flow)
"""
_RUNS = """
INSERT INTO lineage_app_run (subject, job_id, run_id, status, first_at, last_at, started_at, ended_at, facets,
                             job_facets, lenient, is_foreign, events)
SELECT md5(j.id || ' b ' || r)::uuid, j.id, r::text, CASE WHEN (j.id + r) %% 50 = 0 THEN 'FAIL' ELSE 'COMPLETE' END,
       t.at, t.at, t.at, t.at, '{}', '{}', '', false, 1
FROM lineage_app_job j, generate_series(1, %s) r,
     LATERAL (SELECT %s - r * interval '1 hour' - j.id %% 3000 * interval '1 second') t(at)
"""
_EXPECT = """
INSERT INTO lineage_app_expectation (job_id, every, zone, grace, declared_at, next_check_at)
SELECT id, interval '1 hour', 'UTC', interval '15 minutes', %s, %s + id %% 3600 * interval '1 second'
FROM lineage_app_job
"""


def main() -> int:
    """Plant and measure; exit 1 where one of the limits is passed."""
    with installed_portal():
        from lineage_app.selectors import coverage
        from portal.core.clock.services import now
        from tests.people import build_world

        world, at = build_world(), now()
        _plant(world, at)
        share = coverage(at).share
        seen = f"{share.covered:,} of {share.total:,} hops of {FLOWS:,} flows covered, {JOBS:,} jobs"
        from django.urls import reverse

        pages = {
            "coverage": (reverse("lineage:coverage"), "ana"),
            "flows": (reverse("lineage:flows"), "ana"),
            "findings": (reverse("lineage:findings"), "ana"),
            "home of an owner of all of them": ("/", "ana"),
        }
        code = report("lineage coverage: every hop judged, p95", _p95(lambda: coverage(at)), limit=PAGE_MS, unit="ms",
                      against="the design's limit for a page", detail=seen)  # fmt: skip
        for name, (address, who) in pages.items():
            client = world.client(who)
            found = percentile(page_times(name, client, address), 95)
            code |= report(f"lineage page: {name}, p95", found, limit=PAGE_MS, unit="ms",
                           against="the design's limit", detail=seen)  # fmt: skip
        return code | _looks(at)


def _looks(at: Any) -> int:
    """A look at which a minute's share of the expected jobs is due, and one at which half of all of them is."""
    from lineage_app.models import Expectation, RunFinding
    from lineage_app.services import look

    look(at)
    usual = []
    for minute in range(1, 6):
        began = time.perf_counter()
        look(at + timedelta(minutes=minute))
        usual.append(time.perf_counter() - began)
    Expectation.objects.update(next_check_at=at)
    began = time.perf_counter()
    look(at + timedelta(minutes=6))
    burst = time.perf_counter() - began
    detail = f"{JOBS:,} expected jobs, {JOBS * RUNS_A_JOB:,} runs, {RunFinding.objects.count():,} findings; "
    detail += f"50,000 jobs due at once: {burst:.1f} s"
    return report("lineage watch: a look, slowest of 5", max(usual), limit=LOOK_S, unit="s",
                  against="a thirtieth of the time between two looks", detail=detail)  # fmt: skip


def _plant(world: Any, at: Any) -> None:
    from django.db import connection

    from tests.lineage_estate import plant

    began = time.perf_counter()
    plant(JOBS, pipelines_of=100, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM lineage_app_dataset")
        first = cursor.fetchone()[0]
        team = world.platform.pk
        cursor.execute(_ASSETS, [team, FLOWS, first])
        cursor.execute(_CLAIM)
        cursor.execute(_FLOWS, [team, FLOWS])
        cursor.execute(_STEPS, [FLOWS, first])
        cursor.execute(_STALE, [first, FLOWS])
        cursor.execute(_RUNS, [RUNS_A_JOB, at])
        cursor.execute(_EXPECT, [at, at])
        cursor.execute("ANALYZE")
    print(f"  planted in {time.perf_counter() - began:.0f} s")


def _p95(ask: Callable[[], object]) -> float:
    from portal.wsgi import settle_heap

    settle_heap()  # as the web server does before its first request
    times = []
    for _ in range(ROUNDS + 2):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return percentile(sorted(times[2:]), 95)


if __name__ == "__main__":
    sys.exit(main())
