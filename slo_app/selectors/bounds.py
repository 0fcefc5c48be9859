"""How the SLOs of some assets stand and what is left of their budgets, as the gate asks it; no rights are asked."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.budget import Budget
from ..models import Slo
from .boards import Row, rows_of
from .pages import budget_of


def standings_of(asset_ids: Iterable[int]) -> list[Row]:
    """Each SLO of these assets with its standing now and its newest measurement."""
    return rows_of(Slo.objects.filter(asset__in=list(asset_ids), enabled=True), newest=1)


def budgets_of(asset_ids: Iterable[int]) -> list[tuple[Slo, Budget]]:
    """The error budgets of 28 days of these assets' SLOs, those that have a verdict to count."""
    found = Slo.objects.filter(asset__in=list(asset_ids), enabled=True).select_related("asset")
    budgets = ((slo, budget_of(slo)) for slo in found)
    return [(slo, budget) for slo, budget in budgets if budget is not None]
