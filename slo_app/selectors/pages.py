"""All that the page of one SLO shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.core.catalog.models import Placement
from portal.core.clock.services import now

from ..domain.budget import Budget, BurnAlert
from ..domain.burn import COVERED
from ..models import Alert, Incident, JudgedWindow, Measurement, Slo
from .baselines import BaselineView, baseline_view
from .boards import Row, dressed, rows_of
from .budgets import window_of
from .graphs import Graph, graphs_of
from .runbooks import Followed, followed_by
from .terms import place_of
from .windows import windows_of

if TYPE_CHECKING:
    from portal.core.identity.models import User

SHOWN = 25
CHARTED = 240


@dataclass(frozen=True, slots=True)
class Burn:
    """A burn alert with the rates of its two windows, and where it stands."""

    alert: BurnAlert
    severity: str
    long: Budget
    short: Budget
    judged: bool
    phase: str


@dataclass(frozen=True, slots=True)
class SloPage:
    """The row of the board, its charts, the newest measurements, burn rates, incidents and what is missing."""

    row: Row
    graphs: list[Graph]
    whole: bool
    measurements: list[Measurement]
    burns: list[Burn]
    incidents: list[Incident]
    place: Placement | None
    missing: list[str]
    followed: Followed
    windows: list[JudgedWindow]
    baseline: BaselineView | None = None


def slo_page(user: User, slo: Slo, *, whole: bool = False) -> SloPage:
    """Gather the page; the caller has asked `slo_for` for the SLO, which asks for the right to read.

    `whole` charts the value over the budget's window instead of the newest looks.
    """
    del user
    present = now()
    [row] = dressed(rows_of(Slo.objects.filter(pk=slo.pk)), present)
    newest = list(slo.measurements.select_related("slo")[:CHARTED])
    place = place_of(slo.asset)
    return SloPage(
        row=row,
        graphs=graphs_of(slo, newest, present, whole=whole),
        whole=whole,
        measurements=newest[:SHOWN],
        burns=_burns(slo, row),
        incidents=list(slo.incidents.select_related("acknowledged_by")[:10]),
        place=place,
        missing=_missing(row, place),
        followed=followed_by(slo),
        windows=windows_of(slo) if row.indicator and row.indicator.by_windows else [],
        baseline=baseline_view(slo),
    )


def _burns(slo: Slo, row: Row) -> list[Burn]:
    """Each burn alert now; the rates end at the newest look, so that they are those which it was stepped by."""
    if slo.last_at is None or row.budget is None:
        return []
    alerts = Alert.objects.filter(slo=slo).exclude(burn="")
    phases = {alert.burn: alert.get_phase_display() for alert in alerts}
    found = []
    for each in slo.burn_alerts.all():
        long, short = (window_of(slo, slo.last_at, length) for length in (each.long, each.short))
        judged = long.judged >= COVERED * (each.long // slo.interval)
        phase = phases.get(f"{each.factor.normalize():f}", "ok")
        found.append(Burn(each.alert, each.get_severity_display(), long.budget, short.budget, judged, phase))
    return found


def _missing(row: Row, place: Placement | None) -> list[str]:
    """What keeps this SLO from being live, each with what to do."""
    nowhere = [] if place else ["No system that can be measured holds this asset. Add a placement to the asset."]
    return nowhere + list(row.live.missing if row.live else ())
