"""The board: where every SLO stands, the worst first, and the rows of those that a page shows.

The database counts and sorts ten thousand SLOs by the newest facts on their rows, told apart into the few classes that
stand alike; which standing a class has is the domain's rule. History, budgets and people are read for the rows of one
page only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import accumulate
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Concat

from portal.core.clock.services import now
from portal.core.identity.models import Team
from portal.core.identity.policies import Act, require

from ..domain.alert import Phase
from ..domain.measurement import Result
from ..domain.standing import Last, Standing, standing
from ..indicators.registry import kinds
from ..models import Alert, Incident, Slo
from .boards import Row, lines_of
from .live import liveness

if TYPE_CHECKING:
    from portal.core.identity.models import User

GROUPS = {"team": "Owner", "kind": "Indicator", "state": "State", "tier": "Tier"}
ORDER = tuple(Standing)
NEVER, STALE, FRESH = "never", "stale", "fresh"
_TOLD_BY = ("installed", "enabled", "complete", "alert_phase", "look", "last_result")
_NAMES = {
    "team": Coalesce("owner_team__name", Value("Nobody")),
    "kind": F("kind"),
    "tier": Case(
        When(asset__tier=None, then=Value("Without a tier")),
        default=Concat(Value("Tier "), Cast("asset__tier", CharField())),
        output_field=CharField(),
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one SLO stands on the board, and the name of its group."""

    pk: int
    standing: Standing
    group: str


@dataclass(frozen=True, slots=True)
class Band:
    """How many SLOs stand alike, and the condition that finds them."""

    many: int
    alike: Q


@dataclass(frozen=True, slots=True)
class Board:
    """Every SLO that passes the filters, the worst first, and how many of them are fine or have an open incident."""

    rows: QuerySet[Slo, Any]
    total: int
    on_target: int
    firing: int
    bands: tuple[Band, ...] = ()
    """Where the order is that of the standings: how many stand so, the worst first, and how they are found."""

    def __len__(self) -> int:
        """How many there are."""
        return self.total

    def __iter__(self) -> Iterator[Place]:
        """Every place, in order; a page asks for its own by a slice."""
        return iter(self[:])

    def __getitem__(self, shown: slice) -> list[Place]:
        """The places of one page."""
        start, stop = shown.start or 0, self.total if shown.stop is None else shown.stop
        rows, before = self._among(start, stop)
        return [
            Place(pk, ORDER[rank], ORDER[rank].word if name is None else name)
            for pk, rank, name in rows[start - before : stop - before]
        ]

    def _among(self, start: int, stop: int) -> tuple[QuerySet[Slo, Any], int]:
        """The rows that stand as those from `start` to `stop` do, and how many stand worse: the others are not read."""
        ends = list(accumulate(band.many for band in self.bands))
        found = [band for band, end in zip(self.bands, ends, strict=True) if end > start and end - band.many < stop]
        if not found:
            return self.rows, 0
        before = sum(band.many for band in self.bands[: self.bands.index(found[0])])
        return self.rows.filter(reduce(or_, (band.alike for band in found))), before


def board(
    user: User,
    *,
    state: str = "",
    kind: str = "",
    team: str = "",
    tier: str = "",
    live: str = "",
    text: str = "",
    group: str = "",
) -> Board:
    """The board for everybody who may read, worst first within the groups; the filters are those of the URL.

    The sandboxes of fire drills promise nothing and have no place. `shown_rows` reads what a page shows of them.
    """
    require(user, Act.READ)
    present = now()
    found = _like(kind=kind, team=team, tier=tier, text=text)
    if live:
        found = found.filter(pk__in=_living(found, present, wanted=live == "yes"))
    loud = _loud()
    told = _told(found, present, loud)
    classes = [
        (each, _standing(each, present)) for each in told.order_by().values(*_TOLD_BY).annotate(many=Count("pk"))
    ]
    if state:
        classes = [(each, stands) for each, stands in classes if _named(stands) == state]
        told = told.filter(_any_of(each for each, _ in classes))
    unresolved = Incident.objects.filter(resolved_at=None).order_by().values("slo")
    return Board(
        rows=_ordered(told, classes, group),
        total=sum(each["many"] for each, _ in classes),
        on_target=sum(each["many"] for each, stands in classes if stands.kind == "ok"),
        firing=(told if state else found).filter(pk__in=unresolved).count(),
        bands=() if group in _NAMES else tuple(_bands(classes, loud)),
    )


def shown_rows(places: Iterable[Place]) -> list[tuple[str, Row]]:
    """The rows of these places, in their order, each with the name of its group."""
    wanted = [(place.pk, place.group) for place in places]
    rows = {row.slo.pk: row for row in lines_of(Slo.objects.filter(pk__in=[pk for pk, _ in wanted]))}
    return [(group, rows[pk]) for pk, group in wanted if pk in rows]


def choices() -> dict[str, Any]:
    """What the board can be filtered and grouped by; an indicator that is not installed is found by its state."""
    owned = Exists(Slo.objects.filter(owner_team=OuterRef("pk"), drill=False))
    teams = Team.objects.filter(owned).order_by("name")
    return {
        "states": [(_named(each), each.word) for each in Standing],
        "kinds": sorted(kinds()),
        "teams": list(teams.values_list("slug", "name")),
        "groups": list(GROUPS.items()),
    }


def _like(*, kind: str, team: str, tier: str, text: str) -> QuerySet[Slo]:
    found = Slo.objects.filter(drill=False)
    if kind:
        found = found.filter(kind=kind)
    if team:
        found = found.filter(owner_team__slug=team)
    if tier:
        found = found.filter(asset__tier=int(tier)) if tier.isdigit() else found.filter(asset__tier=None)
    if text:
        named = Q(asset__name__icontains=text) | Q(asset__namespace__icontains=text) | Q(name__icontains=text)
        found = found.filter(named)
    return found


def _told(found: QuerySet[Slo], present: datetime, loud: dict[str, list[int]]) -> QuerySet[Slo]:
    """The SLOs with everything that their standing follows from, each with few values: ten thousand are few classes."""
    look = Case(
        When(last_at=None, then=Value(NEVER)),
        When(last_at__lt=present - F("interval") - F("interval"), then=Value(STALE)),
        default=Value(FRESH),
    )
    return found.annotate(
        installed=ExpressionWrapper(Q(kind__in=list(kinds())), output_field=BooleanField()),
        complete=ExpressionWrapper(Q(incomplete=""), output_field=BooleanField()),
        alert_phase=_phase(loud),
        look=look,
    )


def _loud() -> dict[str, list[int]]:
    """The few SLOs whose threshold's alert is not at rest, by its phase."""
    loud: dict[str, list[int]] = {}
    restless = Alert.objects.filter(burn="").exclude(phase=Phase.OK.value).order_by()
    for slo, phase in restless.values_list("slo", "phase"):
        loud.setdefault(phase, []).append(slo)
    return loud


def _phase(loud: dict[str, list[int]]) -> Case:
    """Where the threshold's alert of each SLO stands."""
    whens = (
        When(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids]), then=Value(phase)) for phase, ids in loud.items()
    )
    return Case(*whens, default=Value(Phase.OK.value))


def _standing(told: dict[str, Any], present: datetime) -> Standing:
    """How the SLOs of one class stand; the rule is the domain's."""
    looked = told["look"] != NEVER and told["last_result"]
    span = present - datetime.min.replace(tzinfo=present.tzinfo)
    last_at = present - span if told["look"] == STALE else present
    return standing(
        installed=told["installed"],
        enabled=told["enabled"],
        complete=told["complete"],
        phase=Phase(told["alert_phase"]),
        last=Last(last_at, Result(told["last_result"])) if looked else None,
        stale_after=span / 2,
        now=present,
    )


def _ordered(told: QuerySet[Slo], classes: list[tuple[dict[str, Any], Standing]], group: str) -> QuerySet[Slo, Any]:
    """(number, place of the standing in ORDER, name of the group or None for the standing's own word), worst first."""
    ranks = (When(_this(each), then=Value(ORDER.index(stands))) for each, stands in classes)
    rank = Case(*ranks, default=Value(0), output_field=IntegerField())
    left = Coalesce("budget_left", Value(1), output_field=DecimalField())
    name = Value(None, CharField()) if group == "state" else _NAMES.get(group, Value(""))
    rows = told.annotate(rank=rank, left=left, named=name)
    by_name = [] if group == "state" else ["named"]  # a state comes in the order of states
    return rows.order_by(*by_name, "rank", "left", "asset__name", "kind", "name", "pk").values_list(
        "pk", "rank", "named"
    )


def _bands(classes: list[tuple[dict[str, Any], Standing]], loud: dict[str, list[int]]) -> Iterator[Band]:
    """The standings in their order; what an alert made so is found by its number."""
    for wanted in ORDER:
        alike = [each for each, stands in classes if stands is wanted]
        if not alike:
            continue
        found, phases = _any_of(alike), {each["alert_phase"] for each in alike}
        if Phase.OK.value not in phases:
            found &= Q(pk__in=[pk for phase in phases for pk in loud[phase]])
        yield Band(sum(each["many"] for each in alike), found)


def _any_of(classes: Iterable[dict[str, Any]]) -> Q:
    return reduce(or_, map(_this, classes), Q(pk__in=[]))


def _this(told: dict[str, Any]) -> Q:
    return Q(**{name: told[name] for name in _TOLD_BY})


def _living(found: QuerySet[Slo], present: datetime, *, wanted: bool) -> list[int]:
    """Those that are live, or those that are not."""
    lives = liveness(list(found.select_related("owner_team").defer("statements", "settings")), present)
    return [pk for pk, life in lives.items() if life.ok == wanted]


def _named(standing: Standing) -> str:
    return standing.name.lower()
