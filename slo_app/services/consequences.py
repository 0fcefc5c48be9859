"""What follows when an alert steps: the incident, its timeline, the notices and the evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.core.evidence.kinds import Kind
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor

from .. import evidence_kinds
from ..domain.alert import Event, Phase, clear_time
from ..domain.durations import words
from ..domain.measurement import shown
from ..indicators.registry import find
from ..models import Alert, Incident, Measurement, Slo
from ..models.slo import Severity
from ..selectors.runbooks import followed_by
from .notices import tell_over, tell_waiting

ACTOR = system_actor("slo.alerts")
LOWER = {Severity.PAGE.value: Severity.TICKET.value, Severity.TICKET.value: Severity.TICKET.value}
UNTAKEN = frozenset({Phase.FIRING.value, Phase.NO_DATA.value})


@dataclass(frozen=True, slots=True)
class Context:
    """What a step was about: how loud, which limit in words, and what was seen where no measurement says it."""

    slo: Slo
    alert: Alert
    measurement: Measurement | None
    at: datetime
    severity: str = Severity.PAGE
    limit: str = ""
    seen: str = ""

    @property
    def value(self) -> str:
        """The measured value with its unit, or why there is none."""
        if self.seen or self.measurement is None:
            return self.seen or "not measured"
        if self.measurement.value is None:
            return self.measurement.reason or self.measurement.get_result_display()
        return with_unit(self.slo, shown(self.measurement.value, self.slo.target))

    @property
    def kind(self) -> str:
        """What an incident of this alert is about, as long as there is data."""
        return Incident.Kind.BURN if self.alert.burn else Incident.Kind.BREACH

    def incident(self) -> Incident | None:
        """The open incident, locked."""
        return Incident.objects.select_for_update().filter(alert=self.alert, resolved_at=None).first()


def with_unit(slo: Slo, number: str) -> str:
    """A number with the unit of the SLO's indicator."""
    indicator = find(slo.kind)
    return f"{number} {indicator.unit}" if indicator and indicator.unit else number


def follow(events: tuple[Event, ...], context: Context) -> None:
    """Do what each event asks for, in the caller's transaction; then tell of what nobody was told of yet."""
    for event in events:
        if event in DEEDS:
            DEEDS[event](context)
    if context.alert.phase in UNTAKEN:
        tell_waiting(context.alert, context.at, context.value)


def _fired(context: Context) -> None:
    incident = _open(context, context.kind, context.severity)
    text = f"Fired: {context.value}, {context.limit}."
    if flapping := context.alert.flaps:
        patience = words(clear_time(context.alert.state, context.slo.rule))
        text += f" It has fired {flapping + 1} times in quick succession, so it must stay at its target for {patience}."
    incident.note(context.at, "fired", text)
    _evidence(evidence_kinds.FIRED, incident, context)


def _reopened(context: Context) -> None:
    closed = Incident.objects.select_for_update().filter(alert=context.alert, kind=context.kind).first()
    assert closed is not None, "only an incident that a person resolved is opened again"
    closed.resolved_at = closed.resolved_by = closed.acknowledged_at = closed.acknowledged_by = None
    closed.notified_at = closed.postmortem_at = closed.reminded_at = closed.overdue_told_at = None
    closed.rounds += 1
    closed.save()
    closed.note(context.at, "reopened", f"Breached again ({context.value}), so this incident is open again.")
    _evidence(evidence_kinds.REOPENED, closed, context)


def _untaken(context: Context) -> None:
    incident = context.incident()
    if incident is None:
        return
    who = incident.acknowledged_by
    incident.acknowledged_at = incident.acknowledged_by = incident.notified_at = None
    incident.rounds += 1
    incident.save(update_fields=["acknowledged_at", "acknowledged_by", "notified_at", "rounds"])
    incident.note(context.at, "untaken", f"The time for which {who} took it on is over; others are told again.")


def _rebreached(context: Context) -> None:
    _note(context, "rebreached", f"Breached again before it had cleared: {context.value}.")


def _clearing(context: Context) -> None:
    hold = words(clear_time(context.alert.state, context.slo.rule))
    _note(context, "clearing", f"Back at the target ({context.value}); resolved when it stays there for {hold}.")


def _resolved(context: Context) -> None:
    incident = context.incident()
    if incident:
        close(incident, context, f"Resolved by itself: {context.value}, back at the target and kept there.")


def _no_data(context: Context) -> None:
    incident = _open(context, Incident.Kind.NO_DATA, LOWER[context.severity])
    why = f" The last probe said: {context.value}" if context.measurement else ""
    incident.note(context.at, "fired", f"No measurement for two intervals of {words(context.slo.interval)}.{why}")
    _evidence(evidence_kinds.FIRED, incident, context)


def _data_lost(context: Context) -> None:
    _note(context, "data_lost", "No data any more; this incident stays open until data shows that it is over.")


def _data_back(context: Context) -> None:
    incident = context.incident()
    if incident and incident.kind == Incident.Kind.NO_DATA:
        close(incident, context, f"Data is back: {context.value}.")
    elif incident:
        incident.note(context.at, "data_back", f"Data is back: {context.value}.")


DEEDS: dict[Event, Callable[[Context], None]] = {
    Event.FIRED: _fired,
    Event.REOPENED: _reopened,
    Event.UNTAKEN: _untaken,
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
    tell_over(incident, sentence, context.at)


def _open(context: Context, kind: str, severity: str) -> Incident:
    followed = followed_by(context.slo)
    return Incident.objects.create(
        alert=context.alert,
        slo=context.slo,
        kind=kind,
        severity=severity,
        drill=context.slo.drill,
        fired_at=context.at,
        runbook=followed.steps,
        runbook_version=followed.version,
    )


def _note(context: Context, what: str, text: str) -> None:
    incident = context.incident()
    if incident:
        incident.note(context.at, what, text)


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
