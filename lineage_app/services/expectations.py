"""What an owner expects of a job: declared, changed and taken back, each with its entry in the ledger."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from lineage_app.domain.watch import Rhythm
from lineage_app.evidence_kinds import EXPECTATION_DECLARED, EXPECTATION_WITHDRAWN
from lineage_app.models import Expectation, Job
from lineage_app.selectors.ownership import owned_job
from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require

if TYPE_CHECKING:
    from portal.core.identity.models import User

LEAST_EVERY, MOST_EVERY = timedelta(minutes=5), timedelta(days=366)


@transaction.atomic
def expect_runs(
    *,
    user: User,
    job: Job,
    every: timedelta | None = None,
    at: time | None = None,
    zone: str = "UTC",
    grace: timedelta = timedelta(minutes=15),
    longest: timedelta | None = None,
) -> Expectation:
    """Declare what is expected of a job; it is watched from now on. The same words again change nothing.

    Raises PermissionDenied for people outside the owning team, ValidationError where it says nothing, both kinds of
    schedule, or a time that is no time.
    """
    owned = owned_job(job)
    require(user, Act.DECLARE_LINEAGE, owned)
    _check(every, at, grace, longest)
    wanted = {"every": every, "at": at, "zone": zone, "grace": grace, "longest": longest}
    row = Expectation.objects.select_for_update().filter(job=job).first()
    if row is not None and all(getattr(row, name) == value for name, value in wanted.items()):
        return row
    present = now()
    fresh = wanted | {"declared_at": present, "next_check_at": present if every or at else None}
    row, _ = Expectation.objects.update_or_create(job=job, defaults=fresh)
    payload = {"job": _name(job), "schedule": in_words(row), "longest": _length(longest)}
    record(EXPECTATION_DECLARED, actor=actor_of(user), payload=payload, team_id=min(owned.owners, default=None))
    return row


@transaction.atomic
def accept_rhythm(*, user: User, job: Job, rhythm: Rhythm) -> Expectation:
    """Expect what was seen; how long a run may be silent stays as it was declared."""
    known = Expectation.objects.filter(job=job).first()
    schedule = rhythm.schedule
    return expect_runs(
        user=user,
        job=job,
        every=schedule.every,
        at=schedule.at,
        zone=schedule.zone,
        grace=schedule.grace,
        longest=known.longest if known else None,
    )


@transaction.atomic
def expect_no_more(*, user: User, job: Job) -> None:
    """Take the expectation back; doing it twice changes nothing. Raises PermissionDenied outside the owning team."""
    owned = owned_job(job)
    require(user, Act.DECLARE_LINEAGE, owned)
    row = Expectation.objects.select_for_update().filter(job=job).first()
    if row is None:
        return
    payload = {"job": _name(job), "schedule": in_words(row)}
    record(EXPECTATION_WITHDRAWN, actor=actor_of(user), payload=payload, team_id=min(owned.owners, default=None))
    row.delete()


def in_words(row: Expectation) -> str:
    """The schedule as a sentence would say it."""
    if row.every:
        return f"every {_length(row.every)}, {_length(row.grace)} of grace"
    if row.at:
        return f"daily at {row.at:%H:%M} {row.zone}, {_length(row.grace)} of grace"
    return "no schedule"


def _check(every: timedelta | None, at: time | None, grace: timedelta, longest: timedelta | None) -> None:
    if every and at:
        raise ValidationError("Say how often, or at which time of the day: not both.")
    if not (every or at or longest):
        raise ValidationError("Say how often it runs, at which time of the day, or how long a run may be silent.")
    if every and not LEAST_EVERY <= every <= MOST_EVERY:
        raise ValidationError("A run is expected at most every five minutes, and at least once a year.")
    if not timedelta() <= grace <= MOST_EVERY:
        raise ValidationError("The grace is a length of time, a year at most.")
    if longest is not None and not timedelta(minutes=5) <= longest <= MOST_EVERY:
        raise ValidationError("A run may be silent for five minutes at least, and a year at most.")


def _length(length: timedelta | None) -> str:
    if length is None:
        return "as the portal's setting says"
    hours, rest = divmod(int(length.total_seconds()) // 60, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def _name(job: Job) -> str:
    return f"{job.namespace}/{job.name}"[:1000]
