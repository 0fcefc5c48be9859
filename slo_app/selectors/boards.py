"""SLOs with what they read now, in a few queries whatever their number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require

from ..domain.alert import Phase
from ..domain.bounds import plain
from ..domain.budget import Budget
from ..domain.live import Live
from ..domain.measurement import Result, shown
from ..domain.standing import Last, Standing, standing
from ..indicators.base import Indicator
from ..indicators.registry import find
from ..models import Alert, Incident, Measurement, Slo
from .budgets import DAY, budgets_at, burned
from .live import duty, liveness

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset
    from portal.core.identity.models import User

SPARK = 30
SKEW = timedelta(minutes=2)  # what a clock that ran ahead has left in the future is not the newest


@dataclass(slots=True)
class Row:
    """One SLO as the board shows it."""

    slo: Slo
    indicator: Indicator | None
    standing: Standing
    last: Measurement | None = None
    """The newest look with its counts and its reason; a list reads none and shows what the SLO keeps of it."""
    history: list[float] = field(default_factory=list)
    """The newest values, oldest first, for a sparkline."""
    incident: Incident | None = None
    budget: Budget | None = None
    burn: Budget | None = None
    live: Live | None = None
    on_call: list[User] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What the indicator is called."""
        return self.indicator.label if self.indicator else self.slo.kind.replace("_", " ").capitalize()

    @property
    def unit(self) -> str:
        """What follows a number."""
        return self.indicator.unit if self.indicator else ""

    @property
    def value(self) -> str:
        """The newest number, rounded so that it never flatters a ratio."""
        value = self.last.value if self.last else self.slo.last_value
        return "" if value is None else shown(value, self.slo.target)

    @property
    def looked_at(self) -> datetime | None:
        """When the newest number was read."""
        return self.last.at if self.last else self.slo.last_at

    @property
    def counts(self) -> list[tuple[str, int]]:
        """What the newest probe counted, the most first."""
        return sorted(self.last.counts.items(), key=lambda pair: (-pair[1], pair[0])) if self.last else []

    @property
    def burn_rate(self) -> str:
        """How fast the budget burned in the last day, for people; empty where nothing was judged."""
        rate = self.burn.burn_rate if self.burn else None
        return "" if rate is None else plain(round(rate, 1))


def last_look(at: datetime | None, result: str | None) -> Last | None:
    return Last(at, Result(result)) if at and result else None


def stands(
    kind: str,
    enabled: bool,
    stale_after: timedelta,
    phase: str | None,
    last: Last | None,
    present: datetime,
    lacks: str,
) -> Standing:
    return standing(
        installed=find(kind) is not None,
        enabled=enabled,
        phase=Phase(phase) if phase else Phase.OK,
        last=last,
        stale_after=stale_after,
        now=present,
        complete=not lacks,
    )


def dressed(rows: list[Row], at: datetime) -> list[Row]:
    """The same rows with budgets, how fast these burned in the last day, who is on call, and whether they are live."""
    slos = [row.slo for row in rows]
    budgets, burns = budgets_at(slos, at), burned(slos, at, DAY)
    people = duty([slo.owner_team for slo in slos if slo.owner_team], at)
    lives = liveness(slos, at, people)
    for row in rows:
        row.budget, row.burn = budgets.get(row.slo.pk), burns.get(row.slo.pk)
        row.live, row.on_call = lives[row.slo.pk], people.get(row.slo.owner_team_id or 0, [])
    return rows


def slos_of(user: User, asset: Asset) -> list[Row]:
    """The rows of one asset."""
    require(user, Act.READ)
    return lines_of(Slo.objects.filter(asset=asset, drill=False))


def lines_of(slos: QuerySet[Slo]) -> list[Row]:
    """What a list shows of each SLO: as `rows_of` and `dressed`, with nothing of the newest look but what is kept."""
    found, present = list(_whose(slos).defer("settings", "statements")), now()
    kept = {slo.pk: last_look(slo.last_at, slo.last_result) for slo in found}
    return dressed(_rows(found, kept, _history(found, SPARK, present), present), present)


def rows_of(slos: QuerySet[Slo], *, newest: int = SPARK) -> list[Row]:
    """Read each SLO with its last measurement, its `newest` values, its alert and its open incident."""
    found, present = list(_whose(slos)), now()
    last = _last(found, present)
    looked = {pk: last_look(each.at, each.result) for pk, each in last.items()}
    rows = _rows(found, looked, _history(found, newest, present) if newest > 1 else {}, present)
    for row in rows:
        row.last = last.get(row.slo.pk)
    return rows


def slo_for(user: User, pk: int) -> Slo:
    """One SLO, or Http404."""
    require(user, Act.READ)
    return get_object_or_404(Slo.objects.select_related("asset", "owner_team", "version"), pk=pk)


def _last(slos: list[Slo], present: datetime) -> dict[int, Measurement]:
    """The newest measurement of each SLO, by its index: history is long, and most of it is not read."""
    found = Measurement.objects.raw(
        "SELECT m.* FROM unnest(%s::bigint[]) AS asked(id) CROSS JOIN LATERAL (SELECT * FROM slo_app_measurement"
        " WHERE slo_id = asked.id AND at <= %s ORDER BY at DESC LIMIT 1) AS m",
        [[slo.pk for slo in slos], present + SKEW],
    )
    return {each.slo_id: each for each in found}


def _history(slos: list[Slo], newest: int, present: datetime) -> dict[int, list[float]]:
    """The newest values of each SLO, oldest first, and nothing else of them: a board has thousands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.id, array_agg(m.value::float8 ORDER BY m.at) FROM unnest(%s::bigint[]) AS asked(id)"
            " CROSS JOIN LATERAL (SELECT at, value FROM slo_app_measurement WHERE slo_id = asked.id AND at <= %s"
            " ORDER BY at DESC LIMIT %s) AS m WHERE m.value IS NOT NULL GROUP BY asked.id",
            [[slo.pk for slo in slos], present + SKEW, newest],
        )
        return dict(cursor.fetchall())


def _whose(slos: QuerySet[Slo]) -> QuerySet[Slo]:
    return slos.select_related("asset", "owner_team")


def _rows(
    slos: list[Slo], looked: dict[int, Last | None], history: dict[int, list[float]], present: datetime
) -> list[Row]:
    phases = dict(Alert.objects.filter(slo__in=slos, burn="").order_by().values_list("slo", "phase"))
    incidents = {each.slo_id: each for each in Incident.objects.filter(slo__in=slos, resolved_at=None).defer("runbook")}
    return [
        Row(
            slo,
            find(slo.kind),
            stands(
                slo.kind, slo.enabled, slo.stale_after, phases.get(slo.pk), looked.get(slo.pk), present, slo.incomplete
            ),
            history=history.get(slo.pk, []),
            incident=incidents.get(slo.pk),
        )
        for slo in slos
    ]
