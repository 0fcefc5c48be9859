"""Who is told of an incident, when and in which words: pages of the owner's team, unless a silence holds them back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from portal.core.oncall import services as oncall

from ..models import Alert, Incident, Slo
from ..selectors.incidents import key_of
from ..selectors.silences import silence_over
from .breach_summary import tell_by_duty

DRILL = "This is a fire drill: nothing is broken. Acknowledge it as if it were real."


def tell_waiting(alert: Alert, at: datetime, seen: str) -> int:
    """Tell of the alert's open incident if nobody was told yet; a silence only postpones that. Returns how many."""
    waiting = Incident.objects.select_for_update(of=("self",)).select_related("alert", "slo__asset", "slo__owner_team")
    found = waiting.filter(alert=alert, resolved_at=None, acknowledged_at=None, notified_at=None).first()
    if found is None or silence_over(found, at):
        return 0
    _page(found, seen, at)
    tell_by_duty(found, seen)
    found.notified_at = at
    found.save(update_fields=["notified_at"])
    return 1


def hold_back(incident: Incident, at: datetime) -> None:
    """Climb no further while a silence covers it; what is still wrong at its end is told again."""
    oncall.hold(key=key_of(incident), at=at, text="A silence covers it: nobody further is told until it ends.")
    incident.notified_at = None
    incident.save(update_fields=["notified_at"])


def tell_over(incident: Incident, sentence: str, at: datetime, person: Any = None) -> None:
    """Tell whoever was told of an incident that it is over."""
    oncall.resolve(key=key_of(incident), at=at, text=f"{incident.number} is resolved. {sentence}", person=person)


def tell_taken(incident: Incident, at: datetime, person: Any) -> None:
    """Stop the climb: somebody has taken it on."""
    oncall.acknowledge(key=key_of(incident), at=at, person=person)


def _page(incident: Incident, seen: str, at: datetime) -> None:
    slo = incident.slo
    if slo.owner_team is None:
        incident.note(at, "nobody", "Nobody was told: this SLO has no owner. Name one on the asset or in the contract.")
        return
    word = "Drill: " if incident.drill else ""
    oncall.page(
        team=slo.owner_team,
        key=key_of(incident),
        summary=f"{word}{incident.number} {incident.get_kind_display().lower()}: {slo}, {seen}",
        body=text(incident, seen),
        severity=incident.severity,
        url=incident.get_absolute_url(),
        details=_facts(incident, seen),
        at=at,
        elsewhere=True,
    )
    oncall.reopen(key=key_of(incident), at=at, text=f"Nobody has it in hand: {seen}.")


def text(incident: Incident, seen: str) -> str:
    """The message: what is wrong, what was promised, whose it is, and the runbook."""
    slo: Slo = incident.slo
    steps = [f"  {n}. {step['phase']}: {step['text']}" for n, step in enumerate(incident.runbook, 1)]
    drill = (
        ["This is a fire drill: nothing is broken. Acknowledge it as if it were real.", ""] if incident.drill else []
    )
    lines = [
        *drill,
        f"{slo}: {seen}",
        f"Target {slo.target}, alert {slo.alert}. Severity: {incident.get_severity_display().lower()}.",
        f"Since {incident.fired_at:%Y-%m-%d %H:%M:%S} UTC. Owner: {slo.owner_team or 'nobody'}.",
        *(["", "Runbook", *steps] if steps else []),
    ]
    return "\n".join(lines)


def _facts(incident: Incident, seen: str) -> dict[str, Any]:
    """What channels that take more than words are given."""
    slo, page = incident.slo, f"{settings.BASE_URL}{incident.get_absolute_url()}"
    labels = {name: value for name, value in incident.alert.labels.items() if value}
    return {
        "component": slo.asset.key,
        "class": slo.kind,
        "runbook_url": f"{page}#runbook" if incident.runbook else "",
        "labels": {"alertname": f"slo_{slo.kind}", **labels, "severity": incident.severity},
        "annotations": {
            "summary": f"{slo}: {seen}",
            "target": str(slo.target),
            "alert": str(slo.alert),
            "owner": str(slo.owner_team or ""),
            "runbook_url": f"{page}#runbook" if incident.runbook else "",
        },
    }
