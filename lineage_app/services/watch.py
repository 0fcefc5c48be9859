"""The watch's look at all runs: findings are opened once, kept while they stand, and resolved when the job runs well.

One look at a time; it judges up to the moment to which the graph is whole, and notes the time in which nobody looked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from lineage_app.domain.watch import FindingKind, Gap, failures_in_a_row, is_missing, period_due
from lineage_app.models import Expectation, RunFinding, WatchGap, WatchState
from lineage_app.selectors.lag import projected_until
from lineage_app.selectors.ownership import owners_of_jobs
from lineage_app.selectors.watch_facts import ends_of_failing_jobs, last_completions, silent_runs
from lineage_app.services.watch_letters import tell

DEAF = timedelta(minutes=10)
"""After so long without a look, events of the time between may be lost: a client retries for seconds only."""
OLDEST = timedelta(days=30)
AGAIN = timedelta(hours=1)
MOST_AT_ONCE = 50_000
_PUT_OFF = """
UPDATE lineage_app_expectation e SET next_check_at = v.at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS v(id, at) WHERE e.id = v.id
"""
Key = tuple[int, str]


class Found(NamedTuple):
    """Something that stands, before it is a row."""

    job: int
    kind: FindingKind
    since: datetime
    last_good: datetime | None = None
    subject: UUID | None = None
    failures: int = 1


class Looked(NamedTuple):
    """What one look changed."""

    opened: int
    resolved: int


@transaction.atomic
def look(at: datetime) -> Looked | None:
    """Judge every job as of now; None where another worker is looking."""
    state = _taken(at)
    if state is None:
        return None
    if at - state.ticked_at > DEAF:
        WatchGap.objects.create(since=state.ticked_at, until=at)
    until = projected_until(at)
    gaps = [row.gap for row in WatchGap.objects.filter(until__gt=at - OLDEST)]
    open_rows = {(row.job_id, row.kind): row for row in RunFinding.objects.filter(resolved_at=None)}
    found = {(each.job, each.kind.value): each for each in _found(until, gaps, open_rows)}
    opened = _open([each for key, each in found.items() if key not in open_rows], at)
    _refresh((open_rows[key], each) for key, each in found.items() if key in open_rows)
    resolved = _resolve([row for key, row in open_rows.items() if key not in found], at, until)
    state.ticked_at = max(state.ticked_at, at)
    state.save()
    tell(opened, at)
    return Looked(len(opened), resolved)


def _taken(at: datetime) -> WatchState | None:
    """The only row, locked; None where somebody else holds it."""
    WatchState.objects.get_or_create(only=True, defaults={"ticked_at": at})
    return WatchState.objects.select_for_update(skip_locked=True).first()


def _found(until: datetime, gaps: list[Gap], open_rows: Collection[Key]) -> list[Found]:
    known = {kind: [job for job, each in open_rows if each == kind] for kind in FindingKind}
    found = [*_missing(until, gaps, known[FindingKind.MISSING]), *_stuck(until, gaps, known[FindingKind.STUCK])]
    found += _failing(until, known[FindingKind.FAILING])
    good = last_completions({each.job for each in found}, until)
    return [each._replace(last_good=good.get(each.job)) for each in found]


def _missing(until: datetime, gaps: list[Gap], known: list[int]) -> list[Found]:
    """Jobs whose run is overdue; every other one that was looked at is put off until its next run is."""
    due = Expectation.objects.filter(next_check_at__lte=until).order_by("next_check_at")[:MOST_AT_ONCE]
    asked = {row.pk: row for row in due} | {row.pk: row for row in Expectation.objects.filter(job__in=known)}
    good = last_completions([row.job_id for row in asked.values()], until)
    found, later = [], {}
    for row in asked.values():
        if row.schedule is None:
            continue
        period = period_due(row.schedule, max(good.get(row.job_id, row.declared_at), row.declared_at), gaps)
        if is_missing(period, until):
            found.append(Found(row.job_id, FindingKind.MISSING, period.due))
        later[row.pk] = until + AGAIN if is_missing(period, until) else period.due
    with connection.cursor() as cursor:
        cursor.execute(_PUT_OFF, [list(later), list(later.values())])
    return found


def _stuck(until: datetime, gaps: list[Gap], known: list[int]) -> list[Found]:
    oldest = until - OLDEST
    heard = max((gap.until for gap in gaps), default=oldest)
    allowed = timedelta(hours=settings.LINEAGE_STUCK_HOURS)
    silent = silent_runs(until, allowed=allowed, heard=heard, oldest=oldest, known=known)
    return [Found(run.job, FindingKind.STUCK, run.last_at, subject=run.subject) for run in silent]


def _failing(until: datetime, known: list[int]) -> list[Found]:
    least = settings.LINEAGE_FAILING_RUNS
    ends = ends_of_failing_jobs(until, least=least, oldest=until - OLDEST, known=known)
    found = []
    for job, rows in ends.items():
        count = failures_in_a_row([row.status for row in rows])
        if count >= least:
            found.append(Found(job, FindingKind.FAILING, rows[count - 1].at, failures=count))
    return found


def _open(found: list[Found], at: datetime) -> list[RunFinding]:
    """The rows of what is new; one that was muted for longer stays muted when it comes again."""
    muted = _muted({each.job for each in found}, at)
    rows = RunFinding.objects.bulk_create(
        RunFinding(
            job_id=each.job,
            kind=each.kind.value,
            since=each.since,
            opened_at=at,
            last_good_at=each.last_good,
            run_subject=each.subject,
            count=each.failures,
            **muted.get((each.job, each.kind.value), {}),
        )
        for each in found
    )
    owners = owners_of_jobs({row.job_id for row in rows}) if rows else {}
    through = RunFinding.teams.through
    through.objects.bulk_create(
        through(runfinding_id=row.pk, team_id=team) for row in rows for team in owners[row.job_id]
    )
    return rows


def _muted(jobs: Collection[int], at: datetime) -> dict[Key, dict[str, object]]:
    rows = RunFinding.objects.filter(job__in=jobs, muted_until__gt=at).order_by("pk")
    return {(row.job_id, row.kind): {"muted_until": row.muted_until, "mute_reason": row.mute_reason} for row in rows}


def _refresh(pairs: Iterable[tuple[RunFinding, Found]]) -> None:
    """Bring what stands up to date: more failures, another silent run."""
    changed = []
    for row, each in pairs:
        fresh = (each.since, each.last_good, each.subject, each.failures)
        if each.kind is FindingKind.MISSING:
            fresh = (row.since, each.last_good, None, 1)  # due since the first run that did not come
        if (row.since, row.last_good_at, row.run_subject, row.count) != fresh:
            row.since, row.last_good_at, row.run_subject, row.count = fresh
            changed.append(row)
    RunFinding.objects.bulk_update(changed, ["since", "last_good_at", "run_subject", "count"], batch_size=500)


def _resolve(rows: list[RunFinding], at: datetime, until: datetime) -> int:
    good = last_completions({row.job_id for row in rows}, until) if rows else {}
    for row in rows:
        ran = good.get(row.job_id)
        row.resolved_at = at
        row.resolution = _why(row, ran)
    RunFinding.objects.bulk_update(rows, ["resolved_at", "resolution"], batch_size=500)
    return len(rows)


def _why(row: RunFinding, ran: datetime | None) -> str:
    if ran is not None and (row.last_good_at is None or ran > row.last_good_at):
        return f"It completed on {ran:%Y-%m-%d %H:%M} UTC."
    return "It is no longer expected." if row.kind == FindingKind.MISSING else "The run ended."
