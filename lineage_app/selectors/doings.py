"""What jobs did with datasets, run by run: how jobs that only read, such as a dashboard, come into a window."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from lineage_app.models import Dataset, Job, Run
from lineage_app.selectors.around import members
from lineage_app.selectors.moments import Moment

RUNS = 20
"""How many of a job's newest runs say how it is known that the job touches a dataset."""
_STATE = """CASE WHEN r.status = 'COMPLETE' THEN 1
    WHEN r.status = 'RUNNING' AND upper(r.job_facets #>> '{jobType,processingType}') = 'STREAMING' THEN 1
    WHEN r.status = 'STATIC' THEN 2 WHEN r.status IN ('FAIL', 'ABORT') THEN 3 END"""
_STATES = (None, "seen", "declared", "failed")
_DOINGS = f"""
SELECT u.dataset_id, u.job_id, u.role, min(one.state), bool_and(one.is_foreign), max(one.at)
FROM lineage_app_jobuse u CROSS JOIN LATERAL (
    SELECT {_STATE} AS state, io.is_foreign, least(r.last_at, %(as_of)s::timestamptz) AS at
    FROM lineage_app_run r JOIN lineage_app_runio io
        ON io.run_id = r.id AND io.dataset_id = u.dataset_id AND io.role = u.role
    WHERE r.job_id = u.job_id AND r.first_at <= coalesce(%(as_of)s::timestamptz, 'infinity')
    ORDER BY r.last_at DESC LIMIT {RUNS}
) one WHERE one.state IS NOT NULL AND WHICH GROUP BY u.dataset_id, u.job_id, u.role
"""  # noqa: S608 - constants of ours


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
    return _asked("u.dataset_id = ANY(%(ids)s) AND u.role = %(role)s", list(roots), moment, role)


def doings_of(jobs: Collection[int], moment: Moment) -> list[Doing]:
    """Return what these jobs did by that event time."""
    return _asked("u.job_id = ANY(%(ids)s)", list(jobs), moment)


def doings_in(run: Run) -> list[Doing]:
    """Return what one run did, told as seen, failed or declared by its state, and as declared while it goes on."""
    state = {"COMPLETE": "seen", "FAIL": "failed", "ABORT": "failed"}.get(run.status, "declared")
    rows = run.io.select_related("dataset")
    return [Doing(row.dataset.root_pk, run.job_id, row.role, state, row.is_foreign, run.last_at) for row in rows]


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


def _asked(which: str, ids: list[int], moment: Moment, role: str = "") -> list[Doing]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_DOINGS.replace("WHICH", which), {"ids": ids, "role": role, "as_of": moment.as_of})
        found = cursor.fetchall()
    return list(_by_root(found))


def _by_root(found: Iterable[tuple[int, int, str, int, bool, datetime]]) -> Iterable[Doing]:
    rows = list(found)
    ids = {row[0] for row in rows}
    roots = dict(Dataset.objects.filter(pk__in=ids).order_by().values_list("pk", "root")) if ids else {}
    for dataset, job, role, state, foreign, at in rows:
        yield Doing(roots.get(dataset) or dataset, job, role, _STATES[state] or "", foreign, at)
