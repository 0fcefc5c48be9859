"""Fire drills: a breach is planted, the real probe finds it, the real page goes out, a person acknowledges it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from portal.core.oncall.selectors import told

from .. import evidence_kinds, sandbox
from ..domain.drill import Progress
from ..models import Drill, Incident, Slo
from ..selectors.incidents import key_of

if TYPE_CHECKING:
    from portal.core.identity.models import Team, User

ACTOR = system_actor("slo.drills")
PLANTED = timedelta(minutes=45)
LOOK = timedelta(seconds=30)
RUNBOOK = [
    {"phase": "Trigger", "text": "This is a drill: the portal planted an old event in the team's own sandbox."},
    {"phase": "Triage", "text": "Read the message as if it were real: can you tell what is wrong, and whose it is?"},
    {"phase": "Fix", "text": "Nothing is to be fixed. Acknowledge the incident; the portal takes the event back."},
    {"phase": "Verify", "text": "It resolves by itself within two minutes, at its target."},
    {"phase": "Rollback", "text": "If you were not reached, correct the rotation or the address, and drill again."},
]


class DrillRefused(ValueError):
    """The drill cannot start; the sentence says why."""


@transaction.atomic
def start_drill(*, user: User, team: Team, key: UUID) -> Drill:
    """Plant a breach in the team's sandbox and have it measured; a form that is sent twice starts one drill.

    Raises PermissionDenied for people who may not handle the team's incidents, DrillRefused while one is running.
    """
    present = now()
    drill = Drill(team=team, started_at=present, started_by=user, key=key)
    require(user, Act.HANDLE_INCIDENT, drill)
    again = Drill.objects.filter(key=key).first()
    if again is not None:
        return again
    type(team).objects.select_for_update().get(pk=team.pk)  # two people who start at once start one after the other
    if Drill.objects.filter(team=team, ended_at=None).exists():
        raise DrillRefused(f"A drill of {team} is running. Wait until it is over, within half an hour.")
    drill.save()
    drill.slo = _slo(drill, present)
    drill.save(update_fields=["slo"])
    sandbox.plant(team, PLANTED)
    payload: dict[str, str | int] = {"drill": str(drill), "team": team.slug, "asset": drill.slo.asset.key}
    record(evidence_kinds.DRILL_STARTED, actor=actor_of(user), payload=payload, team_id=team.pk)
    return drill


def follow_drills() -> int:
    """Note what has happened in each running drill, and end those that are over; returns how many are running."""
    running = list(Drill.objects.filter(ended_at=None).values_list("pk", flat=True))
    for pk in running:
        _follow(pk, now())
    return len(running)


def progress_of(drill: Drill) -> Progress:
    """Its steps as the domain reads them."""
    times = (drill.measured_at, drill.fired_at, drill.delivered_at, drill.acknowledged_at)
    return Progress(drill.started_at, *times)


@transaction.atomic
def _follow(pk: int, present: datetime) -> None:
    locked = Drill.objects.select_for_update(of=("self",), skip_locked=True).select_related("team", "slo__asset")
    drill = locked.filter(pk=pk, ended_at=None).first()
    if drill is None or drill.slo is None:
        return
    _note(drill, drill.slo)
    steps = progress_of(drill)
    if drill.mended_at is None and (not steps.missing or steps.failed(present)):
        sandbox.plant(drill.team, timedelta(0))
        drill.mended_at = present
    open_now = Incident.objects.filter(slo=drill.slo, resolved_at=None).exists()
    if drill.mended_at and not open_now:
        _end(drill, drill.slo, steps.missing, present)
    drill.save()


def _note(drill: Drill, slo: Slo) -> None:
    """Read each step's time from where it happened: the measurement, the incident, the message, the person."""
    first = slo.measurements.filter(alerting=True).order_by("at").first()
    drill.measured_at = first.at if first else None
    found = slo.incidents.filter(kind=Incident.Kind.BREACH).select_related("alert", "acknowledged_by").first()
    if found is None:
        return
    drill.incident, drill.fired_at = found, found.fired_at
    fired = slo.measurements.filter(at__lte=found.fired_at, alerting=True).order_by("-at").first()
    drill.measurement = fired.digest if fired else ""
    delivered = [each.delivered_at for each in told(key_of(found)) if each.delivered_at]
    drill.delivered_at = min(delivered, default=None)
    if found.first_acknowledged_at and drill.acknowledged_at is None:
        drill.acknowledged_at, drill.acknowledged_by = found.first_acknowledged_at, found.acknowledged_by


def _end(drill: Drill, slo: Slo, missing: str, present: datetime) -> None:
    drill.ended_at, drill.missing = present, missing
    Slo.objects.filter(pk=slo.pk).update(enabled=False)
    subject: dict[str, str | int] = {"drill": str(drill), "team": drill.team.slug, "asset": slo.asset.key}
    if missing:
        payload = subject | {"missing": missing}
        record(evidence_kinds.DRILL_FAILED, actor=ACTOR, payload=payload, team_id=drill.team_id)
        return
    seconds = {f"{step}_s": _seconds(drill, getattr(drill, f"{step}_at")) for step in TIMED}
    payload = subject | seconds | {"incident": str(drill.incident), "measurement": drill.measurement}
    record(evidence_kinds.DRILL_PASSED, actor=ACTOR, payload=payload, team_id=drill.team_id)


TIMED = ("fired", "delivered", "acknowledged")


def _seconds(drill: Drill, at: datetime) -> int:
    return int((at - drill.started_at).total_seconds())


def _slo(drill: Drill, present: datetime) -> Slo:
    """An SLO of its own for each drill: freshness of the sandbox, measured by the same probe as every other."""
    asset = sandbox.prepare(actor=ACTOR, team=drill.team)
    return Slo.objects.create(
        asset=asset,
        kind="freshness",
        name=str(drill),
        drill=True,
        target_op="<=",
        target_value=Decimal(15),
        alert_op=">",
        alert_value=Decimal(20),
        hold=LOOK,
        clear_for=LOOK,
        interval=LOOK,
        objective=Decimal("0.99"),
        element="event_ts",
        owner_team=drill.team,
        runbook=RUNBOOK,
        created_at=present,
        next_due_at=present,
    )
