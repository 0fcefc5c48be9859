"""Who is told, when and in which words: the on-call people of the owner's team, unless a silence holds it back."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings

from portal.core.notify.services import enqueue
from portal.core.oncall.selectors import receivers

from ..models import Alert, Incident, Slo
from ..selectors.silences import silence_over


def tell_waiting(alert: Alert, at: datetime, seen: str) -> int:
    """Tell of the alert's open incident if nobody was told yet; a silence only postpones that. Returns how many."""
    waiting = Incident.objects.select_for_update(of=("self",)).select_related("slo__asset", "slo__owner_team")
    found = waiting.filter(alert=alert, resolved_at=None, acknowledged_at=None, notified_at=None).first()
    if found is None or silence_over(found, at):
        return 0
    notify(found, "fired", seen, at)
    found.notified_at = at
    found.save(update_fields=["notified_at"])
    return 1


def tell_over(incident: Incident, sentence: str, at: datetime) -> None:
    """Tell whoever was told of an incident that it is over."""
    if incident.notified_at:
        notify(incident, "resolved", sentence, at)


def notify(incident: Incident, what: str, seen: str, at: datetime) -> None:
    """Put one message for every receiver into the outbox; where there is none, the timeline says so."""
    slo = incident.slo
    places = receivers(slo.owner_team, at) if slo.owner_team else []
    if not places:
        whose = f"the team {slo.owner_team}" if slo.owner_team else "this SLO, which has no owner,"
        incident.note(at, "nobody", f"Nobody was told: {whose} has nobody on call, no owner and no address.")
        return
    subject, body = f"{incident.number} {what}: {slo}, {seen}"[:150], text(incident, what, seen)
    for channel, address in places:
        enqueue(channel=channel, address=address, subject=subject, body=body, dedup_key=_key(incident, what, address))
    incident.note(at, "notified", f"Told {len(places)} {'address' if len(places) == 1 else 'addresses'}.")


def text(incident: Incident, what: str, seen: str) -> str:
    """The message: what is wrong, what was promised, whose it is, where to go, and the runbook."""
    slo: Slo = incident.slo
    steps = [f"  {n}. {step['phase']}: {step['text']}" for n, step in enumerate(incident.runbook, 1)]
    lines = [
        f"{slo} {what}: {seen}",
        f"Target {slo.target}, alert {slo.alert}. Severity: {incident.get_severity_display().lower()}.",
        f"Since {incident.fired_at:%Y-%m-%d %H:%M:%S} UTC. Owner: {slo.owner_team or 'nobody'}.",
        f"{settings.BASE_URL}{incident.get_absolute_url()}",
        *(["", "Runbook", *steps] if steps else []),
    ]
    return "\n".join(lines)


def _key(incident: Incident, what: str, address: str) -> str:
    """The alert's key with what happened and to whom it goes, so that a repeat is dropped and a new round is not."""
    to = hashlib.sha256(address.encode()).hexdigest()[:12]
    return f"{incident.alert.dedup_key}:{incident.pk}:{incident.rounds}:{what}:{to}"
