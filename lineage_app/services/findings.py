"""What people do about a finding: say that they have seen it, mute it until a day, or hear of it again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from lineage_app.evidence_kinds import FINDING_MUTED
from lineage_app.models import RunFinding
from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, may, refusal

if TYPE_CHECKING:
    from portal.core.identity.models import User

LEAST_REASON = 10
LONGEST_DAYS = 90


def may_handle(user: User, finding: RunFinding) -> bool:
    """Whether somebody handles it: owners and on-call people of its teams, and who may declare what is expected."""
    return may(user, Act.HANDLE_INCIDENT, finding) or may(user, Act.DECLARE_LINEAGE, finding)


@transaction.atomic
def acknowledge(*, user: User, finding: RunFinding, note: str) -> RunFinding:
    """Note that somebody works on it; it leaves work lists and stays open. Raises PermissionDenied."""
    row = _locked(user, finding)
    if row.resolved_at is None and row.acknowledged_at is None:
        row.acknowledged_at, row.note = now(), " ".join(note.split())[:300]
        row.save(update_fields=["acknowledged_at", "note"])
    return row


@transaction.atomic
def mute(*, user: User, finding: RunFinding, days: int, reason: str) -> RunFinding:
    """Keep it, and what comes after it of its job and kind, from letters and work lists for so many days.

    Raises PermissionDenied, and ValidationError without a reason or for more than LONGEST_DAYS.
    """
    reason = " ".join(reason.split())[:300]
    if len(reason) < LEAST_REASON:
        raise ValidationError(f"Say why in at least {LEAST_REASON} characters: others will wonder why it is quiet.")
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError(f"Mute it for 1 to {LONGEST_DAYS} days.")
    row = _locked(user, finding)
    row.muted_until, row.mute_reason = now() + timedelta(days=days), reason
    row.save(update_fields=["muted_until", "mute_reason"])
    payload: dict[str, str | int] = {
        "job": f"{row.job.namespace}/{row.job.name}"[:1000],
        "kind": row.kind,
        "days": days,
        "reason_digest": digest(reason.encode()),
    }
    record(FINDING_MUTED, actor=actor_of(user), payload=payload, team_id=min(row.team_ids(), default=None))
    return row


@transaction.atomic
def unmute(*, user: User, finding: RunFinding) -> RunFinding:
    """Hear of it and of what comes after it again. Raises PermissionDenied."""
    row = _locked(user, finding)
    RunFinding.objects.filter(job=row.job_id, kind=row.kind).update(muted_until=None)
    row.muted_until = None
    return row


def _locked(user: User, finding: RunFinding) -> RunFinding:
    row = RunFinding.objects.select_for_update().get(pk=finding.pk)
    if not may_handle(user, row):
        raise PermissionDenied(refusal(Act.HANDLE_INCIDENT, of_this_object=True))
    return row
