"""What jobs did with datasets, run by run: how jobs that only read, such as a dashboard, come into a window."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, Max, Q, QuerySet, Value, When

from lineage_app.models import Job, Run, RunIO
from lineage_app.selectors.around import members
from lineage_app.selectors.moments import Moment

RUNS_OF_A_JOB = 500
"""How many of a job's newest runs are asked what it reads and writes; its edges are asked whole."""
_STREAMS = Q(run__status="RUNNING", run__job_facets__jobType__processingType="STREAMING")
_STATE = Case(
    When(Q(run__status="COMPLETE") | _STREAMS, then=Value("seen")),
    When(run__status="STATIC", then=Value("declared")),
    When(run__status__in=("FAIL", "ABORT"), then=Value("failed")),
)


class Doing(NamedTuple):
    """A job read (`role` input) or wrote (output) a dataset, last at this event time; `state` as an edge's."""

    dataset: int
    job: int
    role: str
    state: str
    foreign: bool
    last_seen: datetime


def doings_with(datasets: Collection[int], role: str, moment: Moment) -> list[Doing]:
    """Return which jobs had this role (input or output) for the datasets by that event time."""
    roots = members(datasets)
    return _grouped(RunIO.objects.filter(dataset__in=roots, role=role), roots, moment)


def doings_of(job: Job, moment: Moment) -> list[Doing]:
    """Return what the job and its parts did by that event time, as their newest runs say."""
    jobs = [job.pk, *parts_of(job)]
    runs = Run.objects.filter(job__in=jobs, **_by(moment, "first_at")).order_by("-last_at").values("pk")[:RUNS_OF_A_JOB]
    rows = RunIO.objects.filter(run__in=list(runs.values_list("pk", flat=True)))
    roots = dict(rows.order_by().values_list("dataset", "dataset__root").distinct())
    return _grouped(rows, {pk: root or pk for pk, root in roots.items()}, moment)


def parts_of(job: Job) -> list[int]:
    """Return the numbers of the jobs that are part of it, four steps down at most."""
    found: list[int] = []
    level = [job.pk]
    for _ in range(4):
        level = list(Job.objects.filter(parent__in=level).exclude(pk__in=[job.pk, *found]).values_list("pk", flat=True))
        if not level:
            break
        found += level
    return found


def _by(moment: Moment, name: str) -> dict[str, Any]:
    return {f"{name}__lte": moment.as_of} if moment.as_of else {}


def _grouped(rows: QuerySet[RunIO], roots: dict[int, int], moment: Moment) -> list[Doing]:
    told = rows.filter(run__job__isnull=False, **_by(moment, "run__first_at")).order_by().annotate(state=_STATE)
    grouped = told.exclude(state=None).values_list("dataset", "run__job", "role", "state", "is_foreign")
    found = [Doing(roots[row[0]], *row[1:]) for row in grouped.annotate(at=Max("run__last_at"))]
    return [each._replace(last_seen=min(each.last_seen, moment.as_of)) for each in found] if moment.as_of else found
