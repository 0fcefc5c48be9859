"""How the SLOs of some assets stand now, as the gate asks it; no rights are asked."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import Slo
from .boards import Row, rows_of


def standings_of(asset_ids: Iterable[int]) -> list[Row]:
    """Each SLO of these assets with its standing now and its newest measurement."""
    return rows_of(Slo.objects.filter(asset__in=list(asset_ids), enabled=True), newest=1)
