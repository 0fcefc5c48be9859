"""Lineage's pages at 1,000, 10,000 and 100,000 jobs (ten runs a job, at the largest a million runs and as many raw
events): time in the server, p50 and p95. Limit (design/lineage): 300 ms with the table in the first HTML.

Requests go through the whole stack of the portal in this process, on a private PostgreSQL and Valkey; what the network
and the browser add is not in it.

    python -m benchmarks.lineage_pages [jobs …]
"""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import Any

from benchmarks.own_servers import installed_portal
from benchmarks.plot import bars
from benchmarks.report import report
from benchmarks.timing import page_times, percentile

SIZES = (1_000, 10_000, 100_000)
RUNS_A_JOB = 10
LIMIT_MS = 300.0
_EVENTS = """
INSERT INTO lineage_app_rawevent
    (event_month, event_time, received_at, body_sha256, body, subject, kind, is_foreign, lenient)
SELECT date_trunc('month', last_at)::date, last_at, last_at, sha256(id::text::bytea),
       '{"eventType": "COMPLETE", "planted": ' || id || '}', subject, 'run', false, '' FROM lineage_app_run
"""

Times = dict[str, list[float]]


def main() -> int:
    """Measure every size; report the largest; 1 where a p95 is past the limit."""
    sizes = tuple(int(text) for text in sys.argv[1:]) or SIZES
    with installed_portal():
        from tests.people import build_world

        world = build_world()
        found = {jobs: at_size(world, jobs) for jobs in sizes}
    rows = [
        (f"{page}, {jobs:,} jobs", [("p50", median(times[page]))])
        for page in found[sizes[-1]]
        for jobs, times in found.items()
    ]
    bars("lineage_pages", "Pages of lineage, time in the server", rows)
    return max(_report(page, found) for page in found[sizes[-1]])


def at_size(world: Any, jobs: int) -> Times:
    """Plant that many jobs with their runs and events, then the milliseconds of every page, sorted."""
    from django.db import connection
    from django.urls import reverse

    from lineage_app.models import Dataset, Run
    from tests.lineage_estate import clear, plant

    began = time.perf_counter()
    clear()
    planted = plant(jobs, runs_a_job=RUNS_A_JOB)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE lineage_app_rawevent")
        cursor.execute(_EVENTS)
        cursor.execute("ANALYZE")
    print(f"{jobs:,} jobs, {jobs * RUNS_A_JOB:,} runs, planted in {time.perf_counter() - began:.0f} s")
    home, focus = reverse("lineage:index"), Dataset.objects.get(pk=planted.focus)
    run = Run.objects.filter(job=planted.job).latest("last_at")
    pages = {
        "front page": home,
        "every run, page 2": f"{home}?runs=all&page=2",
        "search of a name": f"{home}?q=out_042",
        "search of a word that all names hold": f"{home}?q=pipeline",
        "search of a column": f"{home}?q=email&in=column",
        "dataset": focus.get_absolute_url(),
        "dataset, 5 hops each way": f"{focus.get_absolute_url()}?up=5&down=5",
        "impact": reverse("lineage:impact", args=[planted.source]),
        "columns": reverse("lineage:columns", args=[planted.focus]),
        "job": reverse("lineage:job", args=[planted.job]),
        "run": run.get_absolute_url(),
        "way between two datasets": f"{reverse('lineage:paths')}?from={planted.source}&to={planted.product}",
    }
    client = world.client("ana")
    return {page: page_times(page, client, address) for page, address in pages.items()}


def _report(page: str, found: dict[int, Times]) -> int:
    jobs, largest = list(found.items())[-1]
    before = [(size, percentile(times[page], 95)) for size, times in list(found.items())[:-1]]
    smaller = "; ".join(f"{size:,} jobs: p95 {p95:.0f} ms" for size, p95 in before)
    middle = median(largest[page])
    return report(
        f"lineage page: {page}, p95",
        percentile(largest[page], 95),
        limit=LIMIT_MS,
        unit="ms",
        against="the design's limit",
        detail=f"{jobs:,} jobs, {jobs * RUNS_A_JOB:,} runs and events: p50 {middle:.0f} ms; {smaller}",
    )


if __name__ == "__main__":
    sys.exit(main())
