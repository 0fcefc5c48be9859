"""What follows when an alert steps: the incident, its timeline, the notices and the evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.core.evidence.kinds import Kind
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor

from .. import evidence_kinds
from ..domain.alert import Event, silenced
from ..domain.bounds import plain
from ..domain.durations import words
from ..domain.measurement import shown
from ..indicators.registry import find
from ..models import Alert, Incident, Measurement, Slo
from ..models.slo import Severity
from .notices import notify

ACTOR = system_actor("slo.alerts")


@dataclass(frozen=True, slots=True)
class Context:
    """What a step was about; `measurement` is None where only time has passed."""

    slo: Slo
    alert: Alert
    measurement: Measurement | None
    at: datetime

    @property
    def value(self) -> str:
        """The measured value with its unit, or why there is none."""
        if self.measurement is None:
            return "not measured"
        if self.measurement.value is None:
            return self.measurement.reason or self.measurement.get_result_display()
        return with_unit(self.slo, shown(self.measurement.value, self.slo.target))

    def incident(self, kind: str) -> Incident | None:
        """The open incident of that kind, locked."""
        return Incident.objects.select_for_update().filter(alert=self.alert, kind=kind, resolved_at=None).first()


def with_unit(slo: Slo, number: str) -> str:
    """A number with the unit of the SLO's indicator."""
    indicator = find(slo.kind)
    return f"{number} {indicator.unit}" if indicator and indicator.unit else number


def follow(events: tuple[Event, ...], context: Context) -> None:
    """Do what each event asks for, in the caller's transaction; then send what a silence no longer holds back."""
    for event in events:
        if event in DEEDS:
            DEEDS[event](context)
    _send_held_back(context)


def _fired(context: Context) -> None:
    incident = _open(context, Incident.Kind.BREACH, context.slo.severity)
    bound = with_unit(context.slo, f"{context.slo.alert_op} {plain(context.slo.alert_value)}")
    incident.note(context.at, "fired", f"Fired: {context.value}, alert {bound} for {words(context.slo.hold)}.")
    _evidence(evidence_kinds.FIRED, incident, context)


def _reopened(context: Context) -> None:
    closed = Incident.objects.select_for_update().filter(alert=context.alert, kind=Incident.Kind.BREACH).first()
    assert closed is not None, "only an incident that a person resolved is opened again"
    closed.resolved_at = closed.resolved_by = closed.acknowledged_at = closed.acknowledged_by = None
    closed.notified_at = None
    closed.rounds += 1
    closed.save()
    closed.note(context.at, "reopened", f"Breached again ({context.value}), so this incident is open again.")
    _evidence(evidence_kinds.REOPENED, closed, context)


def _rebreached(context: Context) -> None:
    _note(context, "rebreached", f"Breached again before it had cleared: {context.value}.")


def _clearing(context: Context) -> None:
    hold = words(context.slo.clear_for)
    _note(context, "clearing", f"Back at the target ({context.value}); resolved when it stays there for {hold}.")


def _resolved(context: Context) -> None:
    incident = context.incident(Incident.Kind.BREACH)
    if incident:
        close(
            incident, context, f"Resolved by itself: {context.value}, at the target for {words(context.slo.clear_for)}."
        )


def _no_data(context: Context) -> None:
    incident = _open(context, Incident.Kind.NO_DATA, Severity.TICKET)
    why = f" The last probe said: {context.value}" if context.measurement else ""
    incident.note(context.at, "fired", f"No measurement for two intervals of {words(context.slo.interval)}.{why}")
    _evidence(evidence_kinds.FIRED, incident, context)


def _data_lost(context: Context) -> None:
    _note(context, "data_lost", "No data any more; this incident stays open until data shows that it is over.")


def _data_back(context: Context) -> None:
    incident = context.incident(Incident.Kind.NO_DATA)
    if incident:
        close(incident, context, f"Data is back: {context.value}.")
    else:
        _note(context, "data_back", f"Data is back: {context.value}.")


DEEDS: dict[Event, Callable[[Context], None]] = {
    Event.FIRED: _fired,
    Event.REOPENED: _reopened,
    Event.REBREACHED: _rebreached,
    Event.CLEARING: _clearing,
    Event.RESOLVED: _resolved,
    Event.NO_DATA: _no_data,
    Event.DATA_LOST: _data_lost,
    Event.DATA_BACK: _data_back,
}


def close(incident: Incident, context: Context, sentence: str) -> None:
    """End an incident that cleared by itself: the row, its timeline, evidence, and word to whom it had been sent."""
    incident.resolved_at = context.at
    incident.save(update_fields=["resolved_at"])
    incident.note(context.at, "resolved", sentence)
    _evidence(evidence_kinds.RESOLVED, incident, context)
    if incident.notified_at:
        notify(incident, "resolved", sentence, context.at)


def _open(context: Context, kind: str, severity: str) -> Incident:
    return Incident.objects.create(
        alert=context.alert,
        slo=context.slo,
        kind=kind,
        severity=severity,
        fired_at=context.at,
        runbook=context.slo.runbook,
    )


def _note(context: Context, what: str, text: str) -> None:
    incident = context.incident(Incident.Kind.BREACH)
    if incident:
        incident.note(context.at, what, text)


def _send_held_back(context: Context) -> None:
    """Tell of every open incident that nobody was told of; a silence only postpones that."""
    if silenced(context.alert.state, context.at):
        return
    waiting = Incident.objects.select_for_update().filter(
        alert=context.alert, resolved_at=None, acknowledged_at=None, notified_at=None
    )
    for incident in waiting:
        notify(incident, "fired", context.value, context.at)
        incident.notified_at = context.at
        incident.save(update_fields=["notified_at"])


def _evidence(kind: Kind, incident: Incident, context: Context) -> None:
    team = context.slo.owner_team_id
    subject: dict[str, str | int] = {
        "incident": incident.number,
        "slo": context.slo.pk,
        "asset": context.slo.asset.key,
    }
    if kind is evidence_kinds.RESOLVED:
        seconds = int((context.at - incident.fired_at).total_seconds())
        record(kind, actor=ACTOR, payload=subject | {"seconds": seconds, "how": "by itself"}, team_id=team)
        return
    seen = context.measurement.digest if context.measurement else "none"
    payload = subject | {"kind": context.slo.kind, "value": context.value, "measurement": seen}
    record(kind, actor=ACTOR, payload=payload, team_id=team)
