"""Incidents of a period as facts for a bundle; the pack asks each one's rights."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.domain.leaves import timestamp
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import entries_with

from ..models import Incident


def incidents_fired(begin: datetime, end: datetime) -> QuerySet[Incident]:
    """The incidents that fired in the period and are resolved, oldest first; drills are no incidents."""
    found = Incident.objects.filter(fired_at__gte=begin, fired_at__lt=end, resolved_at__isnull=False, drill=False)
    return found.select_related("slo__asset").order_by("fired_at", "pk")


def entries_of(incident: Incident) -> list[Entry]:
    """What the ledger says of an incident, oldest first."""
    return list(entries_with(incident.number).filter(kind__startswith="slo:incident:"))


def facts_of(incident: Incident, entries: list[Entry]) -> dict[str, Any]:
    """The incident as a proof: when it fired, was taken and ended, what was written, and its ledger entries."""
    return {
        "format": "custody-incident@v1",
        "incident": incident.number,
        "slo": str(incident.slo),
        "asset": incident.slo.asset.key,
        "kind": incident.kind,
        "severity": incident.severity,
        "fired_at": timestamp(incident.fired_at),
        "acknowledged_at": _when(incident.first_acknowledged_at),
        "resolved_at": _when(incident.resolved_at),
        "resolved_by": str(incident.resolved_by.public_id) if incident.resolved_by else "",
        "timeline": [{"at": timestamp(line.at), "what": line.what} for line in incident.timeline.all()],
        "postmortem_digest": digest(incident.postmortem.encode()) if incident.postmortem else "",
        "entries": [entry.document() for entry in entries],
    }


def _when(moment: datetime | None) -> str:
    return timestamp(moment) if moment else ""
