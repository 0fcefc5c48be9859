"""Which runs and static statements stand behind a window, so that their events alone make the same window again."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from lineage_app.domain.window import Window
from lineage_app.models import Dataset, DatasetLife, DatasetLink, Job, RawEvent, RunEdge, RunIO
from lineage_app.selectors.around import members
from lineage_app.selectors.moments import Moment

_OF_JOBS = """
SELECT DISTINCT one.subject FROM lineage_app_jobuse u CROSS JOIN LATERAL (
    SELECT r.subject FROM lineage_app_run r JOIN lineage_app_runio io
        ON io.run_id = r.id AND io.dataset_id = u.dataset_id AND io.role = u.role
    WHERE r.job_id = u.job_id AND r.first_at <= coalesce(%(as_of)s::timestamptz, 'infinity')
    ORDER BY (r.status = 'COMPLETE') DESC, r.last_at DESC LIMIT 1
) one WHERE u.dataset_id = ANY(%(datasets)s) AND u.job_id = ANY(%(jobs)s)
"""


def subjects_behind(window: Window, moment: Moment, *, every_run: bool = False) -> list[UUID]:
    """Return the subjects of the newest run of each edge, job and state, or of `every_run`; of joined names and ends
    of life too. What is folded is left out.
    """
    datasets = {int(node.key) for node in window.nodes if node.role == "dataset"}
    jobs = {int(node.key.removeprefix("job-")) for node in window.nodes if node.role == "job"}
    roots = members(datasets)
    found = dict.fromkeys(_of_edges(roots, moment, every_run))
    found |= dict.fromkeys(_of_jobs(roots, jobs, moment))
    found |= dict.fromkeys(_of_names(roots))
    return list(found)


def _of_edges(roots: dict[int, int], moment: Moment, every_run: bool) -> list[UUID]:
    rows = RunEdge.objects.filter(moment.on_run_edges(), src__in=roots, dst__in=roots)
    key = ("src_id", "dst_id", "job_id", "state", "is_foreign")
    newest: Any = rows.order_by(*key, "-seen_at", "-pk").distinct(*key)
    chosen = rows.order_by("seen_at") if every_run else newest
    return list(chosen.values_list("run__subject", flat=True))


def _of_jobs(roots: dict[int, int], jobs: Collection[int], moment: Moment) -> list[UUID]:
    if not jobs:
        return []
    values = {"datasets": list(roots), "jobs": list(_with_parts(jobs)), "as_of": moment.as_of}
    with connection.cursor() as cursor:
        cursor.execute(_OF_JOBS, values)
        return [subject for (subject,) in cursor.fetchall()]


def _with_parts(jobs: Collection[int]) -> set[int]:
    """The jobs and their parts, which are drawn as them, four steps down at most."""
    found, level = set(jobs), set(jobs)
    for _ in range(4):
        level = set(Job.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
        found |= level
    return found


def _of_names(roots: dict[int, int]) -> list[UUID]:
    """The runs whose events said that two of the names are one, and those that ended a dataset."""
    links = DatasetLink.objects.filter(dataset__in=roots, source=DatasetLink.Source.SYMLINK)
    saying = dict(Dataset.objects.filter(pk__in=links.values("dataset")).values_list("pk", "facets__symlinks"))
    told = _subjects_of({pk: (entry[0], entry[1]) for pk, entry in saying.items() if entry})
    ended = DatasetLife.objects.filter(dataset__in=roots, run__isnull=False).order_by()
    return [*told, *ended.values_list("run__subject", flat=True)]


def _subjects_of(stamps: dict[int, tuple[str, str]]) -> list[UUID]:
    """The subjects of the events that last said a facet, by (event time, digest); an event that is archived is not
    found by its digest, so the newest run of its dataset stands in.
    """
    by_digest = {bytes.fromhex(digest): pk for pk, (_, digest) in stamps.items()}
    months = {date.fromisoformat(moment[:10]).replace(day=1) for moment, _ in stamps.values()}
    rows = RawEvent.objects.filter(event_month__in=months, body_sha256__in=list(by_digest)).order_by()
    found = {by_digest[bytes(digest)]: subject for digest, subject in rows.values_list("body_sha256", "subject")}
    gone = RunIO.objects.filter(dataset__in=stamps.keys() - found.keys())
    newest = gone.order_by("dataset_id", "-run__last_at").distinct("dataset_id")
    return [*found.values(), *newest.values_list("run__subject", flat=True)]
