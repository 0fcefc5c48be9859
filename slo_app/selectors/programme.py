"""What the programme wants of SLOs: live ones of five dimensions on tier 1, and no tier-1 asset without any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet

from portal.core.catalog.selectors import tier_one_assets

from ..domain.live import Live
from ..models import Incident, Slo
from .live import liveness

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset

DIMENSIONS = {
    "freshness": "Freshness",
    "completeness": "Completeness",
    "accuracy": "Accuracy",
    "data_drift": "Data drift",
    "model_drift": "Model drift",
}
_KINDS = ("freshness", "completeness", "accuracy", "drift")


@dataclass(frozen=True, slots=True)
class Wanted:
    """By dimension (live, all); the SLOs that are not live with what they miss; tier-1 assets without any SLO."""

    counts: dict[str, tuple[int, int]]
    not_live: Sequence[tuple[Slo, Live]]
    bare: Sequence[Asset]
    bare_total: int

    @property
    def live(self) -> int:
        """SLOs that are live."""
        return sum(live for live, _ in self.counts.values())

    @property
    def total(self) -> int:
        """SLOs of the five dimensions."""
        return sum(total for _, total in self.counts.values())


def wanted_of_tier_one(at: datetime, *, most: int) -> Wanted:
    """Which of the programme's SLOs are live; no rights are asked. At most `most` bare assets are named."""
    tier_one = tier_one_assets()
    slos = list(
        Slo.objects.filter(asset__in=tier_one, kind__in=_KINDS, enabled=True, drill=False)
        .select_related("asset", "owner_team")
        .defer("statements")
    )
    lives = liveness(slos, at)
    counts = dict.fromkeys(DIMENSIONS, (0, 0))
    for slo in slos:
        live, total = counts[dimension_of(slo)]
        counts[dimension_of(slo)] = (live + lives[slo.pk].ok, total + 1)
    bare = tier_one.exclude(Exists(Slo.objects.filter(asset=OuterRef("pk"), enabled=True, drill=False)))
    not_live = [(slo, lives[slo.pk]) for slo in slos if not lives[slo.pk].ok]
    return Wanted(counts, not_live, list(bare.order_by("namespace", "name")[:most]), bare.count())


def dimension_of(slo: Slo) -> str:
    """The dimension that an SLO serves: drift of a model's own asset, or of its scores, is model drift."""
    if slo.kind != "drift":
        return slo.kind
    return "model_drift" if "model" in (slo.asset.kind, slo.asset.layer) else "data_drift"


def incidents_waiting(*, untaken: bool) -> QuerySet[Incident]:
    """Open incidents of real SLOs, the oldest first; those that nobody has taken on only, where asked."""
    found = Incident.objects.filter(drill=False, resolved_at=None)
    if untaken:
        found = found.filter(acknowledged_at=None)
    return found.select_related("slo__asset", "alert").order_by("fired_at", "pk")


def incidents_between(begin: datetime, end: datetime) -> QuerySet[Incident]:
    """The incidents of real SLOs that fired in a period, open or not, the oldest first."""
    found = Incident.objects.filter(drill=False, fired_at__gte=begin, fired_at__lt=end)
    return found.select_related("slo__asset", "alert").order_by("fired_at", "pk")
