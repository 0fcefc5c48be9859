"""Which alerts upstream were firing before an incident did: looked for once, soon after it fired, and kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from lineage_app import selectors as lineage
from portal.core.clock.services import now

from ..models import Incident, Precedent

JUST_BEFORE = timedelta(hours=6)  # an upstream incident that was over for longer explains nothing


def relate_incidents(limit: int = 50) -> int:
    """Look upstream of each incident for which nobody has; returns for how many."""
    waiting = Incident.objects.filter(related_at=None, drill=False).order_by("pk").values_list("pk", flat=True)
    return sum(_relate(pk, now()) for pk in list(waiting[:limit]))


@transaction.atomic
def _relate(pk: int, present: datetime) -> bool:
    locked = Incident.objects.select_for_update(of=("self",), skip_locked=True).select_related("slo")
    incident = locked.filter(pk=pk, related_at=None).first()
    if incident is None:
        return False
    Precedent.objects.bulk_create(_precedents(incident), ignore_conflicts=True)
    incident.related_at = present
    incident.save(update_fields=["related_at"])
    return True


def _precedents(incident: Incident) -> list[Precedent]:
    distances: dict[int, int] = {}
    for hop in lineage.upstream_datasets(incident.slo.asset_id):
        if hop.asset is not None and hop.asset.pk != incident.slo.asset_id:
            distances.setdefault(hop.asset.pk, hop.distance)
    before = Incident.objects.filter(slo__asset__in=distances, drill=False, fired_at__lt=incident.fired_at)
    lasting = before.filter(Q(resolved_at=None) | Q(resolved_at__gte=incident.fired_at - JUST_BEFORE))
    return [
        Precedent(
            incident=incident,
            upstream=each,
            lead=incident.fired_at - each.fired_at,
            distance=distances[each.slo.asset_id],
        )
        for each in lasting.select_related("slo")
    ]
