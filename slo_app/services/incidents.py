"""What people do with an incident: take it on, tick off the runbook, resolve it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require

from .. import evidence_kinds
from ..domain import alert as machine
from ..domain.durations import words
from ..models import Alert, Incident, RunbookTick
from .notices import tell_over, tell_taken

if TYPE_CHECKING:
    from portal.core.identity.models import User


class IncidentError(ValueError):
    """What was asked does not fit the incident; the sentence says why."""


@transaction.atomic
def acknowledge(*, user: User, incident: Incident, length: timedelta | None = None) -> Incident:
    """Take it on, for a time or for good: stops the escalation, not the clock.

    Raises PermissionDenied, or IncidentError where it is taken on or over already.
    """
    incident, alert = _locked(user, incident)
    present = now()
    until = present + length if length else None
    _step(alert, lambda state: machine.acknowledge(state, present, until))
    incident.acknowledged_at, incident.acknowledged_by = present, user
    incident.first_acknowledged_at = incident.first_acknowledged_at or present
    incident.save(update_fields=["acknowledged_at", "acknowledged_by", "first_acknowledged_at"])
    tell_taken(incident, present, user)
    span = f" for {words(length)}" if length else ""
    incident.note(present, "acknowledged", f"{user.name} took it on{span}.", user)
    payload = _subject(incident) | _seconds(incident, present)
    record(evidence_kinds.ACKNOWLEDGED, actor=actor_of(user), payload=payload, team_id=incident.slo.owner_team_id)
    return incident


@transaction.atomic
def resolve(*, user: User, incident: Incident, cause: str) -> Incident:
    """Close it by hand, with its cause. A breach within the clear time opens it again."""
    incident, alert = _locked(user, incident)
    if not cause.strip():
        raise IncidentError("Say what the cause was and what was done about it.")
    present = now()
    _step(alert, lambda state: machine.resolve(state, incident.slo.rule, present))
    incident.resolved_at, incident.resolved_by, incident.cause = present, user, cause.strip()
    incident.save(update_fields=["resolved_at", "resolved_by", "cause"])
    incident.note(present, "resolved", f"{user.name} resolved it: {incident.cause}", user)
    tell_over(incident, f"{user.name} resolved it: {incident.cause}", present, user)
    payload = _subject(incident) | _seconds(incident, present) | {"how": "by hand"}
    record(evidence_kinds.RESOLVED, actor=actor_of(user), payload=payload, team_id=incident.slo.owner_team_id)
    return incident


@transaction.atomic
def tick_step(*, user: User, incident: Incident, step: int, done: bool) -> Incident:
    """Mark a step of the runbook as done, or take the mark back."""
    require(user, Act.HANDLE_INCIDENT, incident)
    if not 0 <= step < len(incident.runbook):
        raise IncidentError("The runbook has no such step.")
    if not done:
        RunbookTick.objects.filter(incident=incident, step=step).delete()
        return incident
    present = now()
    _, new = RunbookTick.objects.get_or_create(incident=incident, step=step, defaults={"at": present, "person": user})
    if new:
        incident.note(present, "step", f"{user.name} did: {incident.runbook[step]['text']}", user)
    return incident


def _locked(user: User, incident: Incident) -> tuple[Incident, Alert]:
    """Both rows locked in the order in which probes lock them; refused where the incident is over."""
    require(user, Act.HANDLE_INCIDENT, incident)
    alert = Alert.objects.select_for_update().get(pk=incident.alert_id)
    current = Incident.objects.select_for_update(of=("self",)).select_related("alert", "slo__asset").get(pk=incident.pk)
    if current.resolved_at is not None:
        raise IncidentError("It is resolved already.")
    return current, alert


def _step(alert: Alert, move: Callable[[machine.AlertState], machine.AlertState]) -> None:
    try:
        alert.take(move(alert.state))
    except machine.AlertError as error:
        raise IncidentError(str(error)) from error


def _subject(incident: Incident) -> dict[str, str | int]:
    return {"incident": incident.number, "slo": incident.slo_id, "asset": incident.slo.asset.key}


def _seconds(incident: Incident, present: datetime) -> dict[str, str | int]:
    return {"seconds": int((present - incident.fired_at).total_seconds())}
