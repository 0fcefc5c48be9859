"""The board: every SLO with what it reads now, in a few queries whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require

from ..domain.alert import Phase
from ..domain.measurement import Result, shown
from ..domain.standing import Last, Standing, standing
from ..indicators.base import Indicator
from ..indicators.registry import find
from ..models import Alert, Incident, Measurement, Slo

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
    alert: Alert | None = None
    recent: list[Measurement] = field(default_factory=list)
    incident: Incident | None = None

    @property
    def last(self) -> Measurement | None:
        """The newest measurement."""
        return self.recent[-1] if self.recent else None

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
        return shown(self.last.value, self.slo.target) if self.last and self.last.value is not None else ""

    @property
    def counts(self) -> list[tuple[str, int]]:
        """What the newest probe counted, the most first."""
        return sorted(self.last.counts.items(), key=lambda pair: (-pair[1], pair[0])) if self.last else []

    @property
    def history(self) -> list[float]:
        """The newest values, oldest first, for a sparkline."""
        return [float(each.value) for each in self.recent if each.value is not None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one SLO stands on the board: enough to sort, filter and count, nothing that only a shown row needs."""

    pk: int
    standing: Standing
    has_incident: bool


def board(user: User, *, state: str = "", kind: str = "", team: str = "", text: str = "") -> list[Place]:
    """The places for everybody who may read, worst first; the filters are those of the URL.

    `shown` reads the rows of those that a page shows: an SLO, its asset and its owner cost more than its standing.
    """
    require(user, Act.READ)
    found = Slo.objects.filter(drill=False)
    if kind:
        found = found.filter(kind=kind)
    if team:
        found = found.filter(owner_team__slug=team)
    if text:
        found = found.filter(Q(asset__name__icontains=text) | Q(asset__namespace__icontains=text))
    places = [place for place in _places(found) if not state or place.standing.name.lower() == state]
    order = {each: at for at, each in enumerate(Standing)}
    return sorted(places, key=lambda place: order[place.standing])


def shown_rows(places: Iterable[Place]) -> list[Row]:
    """The rows of these places, in their order, each with its newest measurements for a sparkline."""
    wanted = [place.pk for place in places]
    rows = {row.slo.pk: row for row in rows_of(Slo.objects.filter(pk__in=wanted))}
    return [rows[pk] for pk in wanted if pk in rows]


def _places(found: QuerySet[Slo]) -> list[Place]:
    rows = found.order_by("asset__name", "kind").annotate(
        alert_phase=Subquery(Alert.objects.filter(slo=OuterRef("pk"), burn="").values("phase")[:1]),
        has_incident=Exists(Incident.objects.filter(slo=OuterRef("pk"), resolved_at=None)),
    )
    present, asked = (
        now(),
        ("pk", "kind", "enabled", "interval", "last_at", "last_result", "alert_phase", "has_incident", "incomplete"),
    )
    return [
        Place(pk, _standing(kind, enabled, 2 * interval, phase, _last(at, result), present, lacks), has_incident)
        for pk, kind, enabled, interval, at, result, phase, has_incident, lacks in rows.values_list(*asked)
    ]


def _last(at: datetime | None, result: str | None) -> Last | None:
    return Last(at, Result(result)) if at and result else None


def _standing(
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


def slos_of(user: User, asset: Asset) -> list[Row]:
    """The rows of one asset."""
    require(user, Act.READ)
    return rows_of(Slo.objects.filter(asset=asset))


def rows_of(slos: QuerySet[Slo], *, newest: int = SPARK) -> list[Row]:
    """Read each SLO with its `newest` measurements, its alert and its open incident."""
    found = list(slos.select_related("asset", "owner_team"))
    present = now()
    recent = _recent(found, newest, present)
    alerts = {alert.slo_id: alert for alert in Alert.objects.filter(slo__in=found, burn="")}
    incidents = {each.slo_id: each for each in Incident.objects.filter(slo__in=found, resolved_at=None)}
    return [_row(slo, recent[slo.pk], alerts.get(slo.pk), incidents.get(slo.pk), present) for slo in found]


def slo_for(user: User, pk: int) -> Slo:
    """One SLO, or Http404."""
    require(user, Act.READ)
    return get_object_or_404(Slo.objects.select_related("asset", "owner_team", "version"), pk=pk)


def _recent(slos: list[Slo], newest: int, present: datetime) -> dict[int, list[Measurement]]:
    """The newest measurements of each SLO, oldest first, by its index: history is long, and most of it is not read."""
    found = Measurement.objects.raw(
        "SELECT m.* FROM unnest(%s::bigint[]) AS asked(id) CROSS JOIN LATERAL (SELECT * FROM slo_app_measurement"
        " WHERE slo_id = asked.id AND at <= %s ORDER BY at DESC LIMIT %s) AS m",
        [[slo.pk for slo in slos], present + SKEW, newest],
    )
    recent: dict[int, list[Measurement]] = defaultdict(list)
    for measurement in sorted(found, key=lambda each: each.at):
        recent[measurement.slo_id].append(measurement)
    return recent


def _row(slo: Slo, recent: list[Measurement], alert: Alert | None, incident: Incident | None, present: datetime) -> Row:
    last = _last(recent[-1].at, recent[-1].result) if recent else None
    stands = _standing(
        slo.kind, slo.enabled, slo.stale_after, alert.phase if alert else None, last, present, slo.incomplete
    )
    return Row(slo, find(slo.kind), stands, alert, recent, incident)


def choices() -> dict[str, Any]:
    """What the board can be filtered by."""
    teams = Slo.objects.filter(drill=False).exclude(owner_team=None).order_by("owner_team__name")
    return {
        "states": [(each.name.lower(), each.word) for each in Standing],
        "kinds": list(Slo.objects.order_by("kind").values_list("kind", flat=True).distinct()),
        "teams": list(teams.values_list("owner_team__slug", "owner_team__name").distinct()),
    }
