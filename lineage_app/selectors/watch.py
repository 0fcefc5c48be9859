"""What the watch found, for lists, work lists and the pages of jobs; and the rhythm that a job shows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from lineage_app.domain.names import Name
from lineage_app.domain.watch import Rhythm, rhythm
from lineage_app.models import Expectation, Job, Run, RunFinding
from portal.core.identity.models import Team

LOOKED_AT = 50
LOOKED_BACK = timedelta(days=60)


def findings_like(
    *, state: str = "open", kind: str = "", team: str = "", text: str = "", at: datetime | None = None
) -> QuerySet[RunFinding]:
    """Findings, newest first: by state (`open`, `muted` at `at`, `resolved`, empty for all), kind, team, job's name.

    `team` is a slug, or `none` for jobs that nobody owns.
    """
    teams = Prefetch("teams", queryset=Team.objects.order_by("name"))
    found = RunFinding.objects.select_related("job").prefetch_related(teams)
    if state == "resolved":
        found = found.exclude(resolved_at=None)
    elif state:
        found = found.filter(resolved_at=None)
        found = found.filter(muted_until__gt=at) if state == "muted" else found
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(Q(job__name__icontains=text) | Q(job__namespace__icontains=text))
    if team:
        found = found.filter(teams=None) if team == "none" else found.filter(teams__slug=team)
    return found


def open_findings(
    *, job: Any = None, teams: Collection[int] | None = None, at: datetime | None = None
) -> QuerySet[RunFinding]:
    """Findings that stand, of one job or of teams (by id); those muted at `at` are left out where it is given."""
    found = findings_like()
    if job is not None:
        found = found.filter(job=job)
    if teams is not None:
        found = found.filter(teams__in=teams).distinct()
    return found.filter(Q(muted_until=None) | Q(muted_until__lte=at)) if at else found


def finding_of(pk: int) -> RunFinding | None:
    """One finding with its job and teams."""
    return findings_like(state="").filter(pk=pk).first()


def run_of_finding(finding: RunFinding) -> Run | None:
    """The run that it is about, as long as lineage holds it."""
    return Run.objects.filter(subject=finding.run_subject).first() if finding.run_subject else None


def expectation_of(job: Job) -> Expectation | None:
    """What its owner expects of the job."""
    return Expectation.objects.filter(job=job).first()


def rhythm_of(job: Job, at: datetime) -> Rhythm | None:
    """The rhythm of the job's newest completed runs, by their nominal times where all of them tell one."""
    runs = Run.objects.filter(job=job, status="COMPLETE", is_foreign=False, last_at__gt=at - LOOKED_BACK)
    rows = list(runs.order_by("-last_at").values_list("last_at", "facets__nominalTime__nominalStartTime")[:LOOKED_AT])
    nominal = [_moment(text) for _, text in rows]
    if rows and all(nominal):
        return rhythm([moment for moment in nominal if moment])
    return rhythm([ended for ended, _ in rows])


def job_named(namespace: str, name: str) -> Job | None:
    """The job of this name."""
    return Job.objects.filter(key=Name(namespace, name).key).first()


def job_named_by(pk: int) -> Job | None:
    """The job of this number."""
    return Job.objects.filter(pk=pk).first()


def _moment(text: object) -> datetime | None:
    """A nominal time that can be read and has a zone."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
