"""All that the page of one SLO shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.core.catalog.models import Placement
from portal.core.identity.roles import Role

from ..domain.budget import Budget
from ..domain.chart import Chart, Dot, draw
from ..domain.measurement import Result
from ..models import Incident, JudgedWindow, Measurement, Slo
from .baselines import BaselineView, baseline_view
from .boards import Row, rows_of
from .budgets import budget_of
from .terms import place_of
from .windows import windows_of

if TYPE_CHECKING:
    from portal.core.identity.models import User

SHOWN = 25
CHARTED = 240


@dataclass(frozen=True, slots=True)
class SloPage:
    """The row of the board, the chart, the newest measurements, the budget, the incidents and what is missing."""

    row: Row
    chart: Chart | None
    measurements: list[Measurement]
    budget: Budget | None
    incidents: list[Incident]
    place: Placement | None
    missing: list[str]
    windows: list[JudgedWindow]
    baseline: BaselineView | None = None


def slo_page(user: User, slo: Slo) -> SloPage:
    """Gather the page; the caller has asked `slo_for` for the SLO, which asks for the right to read."""
    del user
    row = rows_of(Slo.objects.filter(pk=slo.pk))[0]
    newest = list(slo.measurements.select_related("slo")[:CHARTED])
    place = place_of(slo.asset)
    return SloPage(
        row=row,
        chart=_chart(slo, newest),
        measurements=newest[:SHOWN],
        budget=budget_of(slo),
        incidents=list(slo.incidents.select_related("acknowledged_by")[:10]),
        place=place,
        missing=_missing(slo, row, place),
        windows=windows_of(slo) if row.indicator and row.indicator.by_windows else [],
        baseline=baseline_view(slo),
    )


def _chart(slo: Slo, newest: list[Measurement]) -> Chart | None:
    dots = [
        Dot(each.at, None if each.value is None else float(each.value), each.result == Result.BREACH)
        for each in reversed(newest)
    ]
    return draw(dots, float(slo.target_value), float(slo.alert_value), slo.interval.total_seconds())


def _missing(slo: Slo, row: Row, place: Placement | None) -> list[str]:
    """What keeps this SLO from being live, each with what to do."""
    team = slo.owner_team
    on_call = team is not None and team.memberships.filter(role=Role.ON_CALL).exists()
    facts = [
        (row.indicator is not None, f"Not measured yet: the indicator {row.label.lower()} is not installed."),
        (not slo.incomplete, slo.incomplete),
        (place is not None, "No system that can be measured holds this asset. Add a placement to the asset."),
        (team is not None, "It has no owner. Name one under this SLO in the contract, or on the asset."),
        (team is None or on_call, f"Nobody of {team} is on call. Give somebody the role on-call engineer."),
        (bool(slo.runbook), "It has no runbook. Write one under this SLO in the contract."),
    ]
    return [sentence for fine, sentence in facts if not fine]
