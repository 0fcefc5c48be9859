"""What the watch asks of runs, a query each however many jobs: last completions, silent runs, and how runs ended.

Only runs of one's own count, and only what happened up to `until`, the moment up to which the graph is whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from lineage_app.domain.watch import NEVER_ENDING

_TYPE = "upper(r.job_facets #>> '{jobType,processingType}')"
_COMPLETED = f"""
SELECT asked.job, max(good.at) FROM unnest(%s::bigint[]) AS asked(job)
CROSS JOIN LATERAL (
    (SELECT r.ended_at AS at FROM lineage_app_run r
     WHERE r.job_id = asked.job AND r.status = 'COMPLETE' AND NOT r.is_foreign AND r.ended_at <= %s
     ORDER BY r.ended_at DESC LIMIT 1)
    UNION ALL
    (SELECT r.last_at FROM lineage_app_run r
     WHERE r.job_id = asked.job AND r.status = 'RUNNING' AND NOT r.is_foreign AND r.last_at <= %s
       AND {_TYPE} = 'STREAMING'
     ORDER BY r.last_at DESC LIMIT 1)
) good GROUP BY 1
"""  # noqa: S608 - the expression is a constant of ours
_SILENT = f"""
SELECT DISTINCT ON (r.job_id) r.job_id, r.subject, r.last_at FROM lineage_app_run r
LEFT JOIN lineage_app_expectation e ON e.job_id = r.job_id
WHERE r.status = 'RUNNING' AND NOT r.is_foreign AND r.job_id IS NOT NULL
  AND (r.last_at > %s OR r.job_id = ANY(%s))
  AND greatest(r.last_at, %s) < %s - coalesce(e.longest, %s)
  AND coalesce({_TYPE}, '') <> ALL(%s)
  AND NOT EXISTS (
    SELECT FROM lineage_app_run later WHERE later.job_id = r.job_id AND later.last_at > r.last_at
      AND later.last_at <= %s AND later.status = 'COMPLETE' AND NOT later.is_foreign)
ORDER BY r.job_id, r.last_at
"""  # noqa: S608 - the expression is a constant of ours
_ENDS = """
SELECT asked.job, ended.status, ended.last_at FROM (
    SELECT DISTINCT r.job_id AS job FROM lineage_app_run r
    WHERE r.status = 'FAIL' AND NOT r.is_foreign AND r.job_id IS NOT NULL
      AND ((r.last_at > %s AND r.last_at <= %s) OR r.job_id = ANY(%s))
) asked
CROSS JOIN LATERAL (
    SELECT bool_and(newest.status = 'FAIL') AS failing FROM (
        SELECT r.status FROM lineage_app_run r
        WHERE r.job_id = asked.job AND NOT r.is_foreign AND r.status IN ('COMPLETE', 'FAIL') AND r.last_at <= %s
        ORDER BY r.last_at DESC LIMIT %s) newest
) state
CROSS JOIN LATERAL (
    SELECT r.status, r.last_at FROM lineage_app_run r
    WHERE r.job_id = asked.job AND NOT r.is_foreign AND r.status IN ('COMPLETE', 'FAIL') AND r.last_at <= %s
    ORDER BY r.last_at DESC LIMIT %s
) ended
WHERE state.failing
ORDER BY asked.job, ended.last_at DESC
"""


LISTED = 20
"""So many failures in a row are counted; more are as bad."""


class Silent(NamedTuple):
    """A run that started and has not ended: the oldest of its job."""

    job: int
    subject: UUID
    last_at: datetime


class End(NamedTuple):
    """How a run ended, and when."""

    status: str
    at: datetime


def last_completions(jobs: Collection[int], until: datetime) -> dict[int, datetime]:
    """When each job completed last; the last heartbeat of a streaming job that runs. Jobs without are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETED, [list(jobs), until, until])
        return dict(cursor.fetchall())


def silent_runs(
    until: datetime, *, allowed: timedelta, heard: datetime, oldest: datetime, known: Collection[int]
) -> list[Silent]:
    """Runs that were silent for longer than their job's owner or `allowed` says, and that no later run made good.

    Silence counts from `heard` at the earliest. Runs from before `oldest` are history, except those of `known` jobs.
    """
    never = sorted(NEVER_ENDING)
    with connection.cursor() as cursor:
        cursor.execute(_SILENT, [oldest, list(known), heard, until, allowed, never, until])
        return [Silent(*row) for row in cursor.fetchall()]


def ends_of_failing_jobs(
    until: datetime, *, least: int, oldest: datetime, known: Collection[int]
) -> dict[int, list[End]]:
    """How the newest runs ended, newest first, of each job whose last `least` ends are failures.

    Asked are the jobs that failed since `oldest`, and `known` ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, [oldest, until, list(known), until, least, until, max(least, LISTED)])
        return _grouped(cursor.fetchall())


def _grouped(rows: Iterable[tuple[int, str, datetime]]) -> dict[int, list[End]]:
    found: dict[int, list[End]] = {}
    for job, status, at in rows:
        found.setdefault(job, []).append(End(status, at))
    return found
