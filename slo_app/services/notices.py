"""Who is told, and in which words: the on-call people of the owner's team, through the outbox."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings

from portal.core.notify.services import enqueue
from portal.core.oncall.selectors import receivers

from ..models import Incident, Slo


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
