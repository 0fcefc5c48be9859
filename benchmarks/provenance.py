"""The provenance answer on 100,000 jobs with 1,000,000 runs: time in the server of the page and its JSON, and queries.

Asked are runs, datasets at a past time and outputs, at the far end, the middle and the beginning of pipelines of 100
jobs, whose sources lie up to 100 runs back. Every dataset of a part of the estate is an asset under contract with an
SLO, so that promises are read as well. Limit (issue 7): p95 < 1 s.

    python -m benchmarks.provenance [jobs …]
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode

from benchmarks.own_servers import installed_portal
from benchmarks.report import report
from benchmarks.timing import percentile

SIZES = (100_000,)
RUNS_A_JOB, STARTS, ROUNDS = 10, 20, 3
ASSETS = 1_000
LIMIT_MS = 1_000.0
_CLAIM = """
UPDATE lineage_app_dataset d SET asset_id = a.id FROM catalog_asset a
WHERE a.namespace = d.namespace AND a.name = d.name
"""


def main() -> int:
    """Plant, ask, report; 1 where a p95 is past the limit."""
    sizes = tuple(int(text) for text in sys.argv[1:]) or SIZES
    with installed_portal():
        from tests.people import build_world

        world = build_world()
        return max(at_size(world, jobs) for jobs in sizes)


def at_size(world: Any, jobs: int) -> int:
    """One size: what each kind of question takes, in sorted milliseconds."""
    from tests.lineage_estate import clear, plant

    began = time.perf_counter()
    clear()
    plant(jobs, runs_a_job=RUNS_A_JOB, run_edges=jobs <= 10_000)
    promises = _promise(world)
    print(f"{jobs:,} jobs, {jobs * RUNS_A_JOB:,} runs, {promises} under contract: {time.perf_counter() - began:.0f} s")
    codes = [0]
    for name, questions in _questions().items():
        times, queries, readings = _ask(world, questions)
        detail = f"{jobs:,} jobs, {jobs * RUNS_A_JOB:,} runs; p50 {median(times):.0f} ms, {queries} queries at most, "
        detail += f"{readings} readings at most, {len(times)} questions"
        title = f"provenance, {name}, p95"
        codes.append(report(title, percentile(times, 95), limit=LIMIT_MS, unit="ms", against="issue 7", detail=detail))
    return max(codes)


def _promise(world: Any) -> int:
    """Make the datasets of some pipelines assets, each with a signed contract and an SLO that was looked at."""
    from django.db import connection

    from lineage_app.models import Dataset
    from portal.core.catalog.models import Asset
    from portal.core.clock.services import now
    from tests.many_rows import Ground, contracts, slos

    ends = list(Dataset.objects.order_by("pk").values_list("namespace", "name")[:ASSETS])
    assets = Asset.objects.bulk_create(
        Asset(namespace=namespace, name=name, kind="table", owner_team=world.platform) for namespace, name in ends
    )
    Asset.objects.create(namespace="estate", name="asset_000000", kind="table", owner_team=world.platform)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM)
    ground = Ground(team=world.platform, owner=world.ana, signer=world.pia, at=now() - timedelta(days=20))
    contracts(ground, range(len(assets)), assets)
    slos(ground, range(1), assets)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(assets)


def _questions() -> dict[str, list[str]]:
    """Questions by kind, over the whole estate; the first pipelines are those under contract."""
    from django.db.models import Max

    from lineage_app.models import Dataset, Run
    from portal.core.clock.services import now
    from portal.pages.provenance.models import Output

    last = Dataset.objects.filter(name__endswith=".out_099").order_by("pk")
    chosen = list(last[:: max(last.count() // STARTS, 1)][:STARTS])
    middle = list(Dataset.objects.filter(name__endswith=".out_050").order_by("pk")[:STARTS])
    runs = Run.objects.filter(io__dataset__in=[*chosen, *middle], io__role="output")
    newest = {row["job"]: row["at"] for row in runs.order_by().values("job").annotate(at=Max("last_at"))}
    ids = [run.run_id for run in runs if run.last_at == newest[run.job_id]]
    at, then = now(), now() - timedelta(days=4)
    Output.objects.all().delete()
    Output.objects.bulk_create(
        Output(namespace="bench", output_id=f"answer-{n}", run_id=run, made_at=at, registered_at=at)
        for n, run in enumerate(ids)
    )
    return {
        "a run": [f"run:{each}" for each in ids],
        "a dataset four days ago": [f"dataset:{d.namespace}/{d.name}@{then:%Y-%m-%dT%H:%M:%SZ}" for d in chosen],
        "an output": [f"output:answer-{n}" for n in range(len(ids))],
    }


def _ask(world: Any, questions: list[str]) -> tuple[list[float], int, int]:
    """Sorted milliseconds of the page over ROUNDS, the most queries, and the most readings of an answer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from portal.pages.provenance.asking import asked

    client, times, most, readings = world.client("ana"), [], 0, 0
    for round_ in range(ROUNDS + 1):
        for question in questions:
            began = time.perf_counter()
            answer = client.get(f"/provenance/?{urlencode({'q': question})}", headers={"host": "localhost"})
            taken = (time.perf_counter() - began) * 1000
            if answer.status_code != 200 or b"Answered in" not in answer.content:
                sys.exit(f"{question} was not answered: {answer.status_code}")
            if round_:
                times.append(taken)
    for question in questions[:5]:
        with CaptureQueriesContext(connection) as queries:
            found = asked(world.ana, question).answer
        most, readings = max(most, len(queries)), max(readings, len(found.readings) if found else 0)
    return sorted(times), most, readings


if __name__ == "__main__":
    sys.exit(main())
