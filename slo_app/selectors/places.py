"""The board: where every SLO stands, the worst first, and the rows of those that a page shows.

The places of ten thousand SLOs are read from the newest facts on their rows; history, budgets and people are read for
the rows of one page only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require

from ..domain.standing import Standing
from ..models import Alert, Incident, Slo
from .boards import Row, dressed, last_look, rows_of, stands
from .live import liveness

if TYPE_CHECKING:
    from portal.core.identity.models import User

GROUPS = {"team": "Owner", "kind": "Indicator", "state": "State", "tier": "Tier"}
FULL = Decimal(1)
_ASKED = (
    "pk", "kind", "enabled", "interval", "last_at", "last_result", "alert_phase", "has_incident", "incomplete",
    "budget_left", "owner_team__name", "asset__tier",
)  # fmt: skip
_ORDER = {each: at for at, each in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one SLO stands on the board: enough to sort, filter and count, nothing that only a shown row needs."""

    pk: int
    standing: Standing
    has_incident: bool
    left: Decimal | None
    group: str


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
) -> list[Place]:
    """The places for everybody who may read, worst first within their group; the filters are those of the URL.

    The sandboxes of fire drills promise nothing and have no place. `shown_rows` reads what a page shows of them.
    """
    require(user, Act.READ)
    found = Slo.objects.filter(drill=False)
    if kind:
        found = found.filter(kind=kind)
    if team:
        found = found.filter(owner_team__slug=team)
    if tier:
        found = found.filter(asset__tier=int(tier)) if tier.isdigit() else found.filter(asset__tier=None)
    if text:
        found = found.filter(
            Q(asset__name__icontains=text) | Q(asset__namespace__icontains=text) | Q(name__icontains=text)
        )
    present = now()
    if live:
        found = found.filter(pk__in=_living(found, present, wanted=live == "yes"))
    places = [place for place in _places(found, group, present) if not state or _named(place.standing) == state]
    by_name = group != "state"  # a state comes in the order of states
    return sorted(places, key=lambda place: (by_name and place.group, _ORDER[place.standing], _left(place)))


def shown_rows(places: Iterable[Place]) -> list[tuple[str, Row]]:
    """The rows of these places, in their order, each with the name of its group."""
    wanted = [(place.pk, place.group) for place in places]
    found = dressed(rows_of(Slo.objects.filter(pk__in=[pk for pk, _ in wanted])), now())
    rows = {row.slo.pk: row for row in found}
    return [(group, rows[pk]) for pk, group in wanted if pk in rows]


def choices() -> dict[str, Any]:
    """What the board can be filtered and grouped by."""
    teams = Slo.objects.filter(drill=False).exclude(owner_team=None).order_by("owner_team__name")
    return {
        "states": [(_named(each), each.word) for each in Standing],
        "kinds": list(Slo.objects.order_by("kind").values_list("kind", flat=True).distinct()),
        "teams": list(teams.values_list("owner_team__slug", "owner_team__name").distinct()),
        "groups": list(GROUPS.items()),
    }


def _places(found: QuerySet[Slo], group: str, present: datetime) -> Iterable[Place]:
    rows = found.order_by("asset__name", "kind", "name").annotate(
        alert_phase=Subquery(Alert.objects.filter(slo=OuterRef("pk"), burn="").values("phase")[:1]),
        has_incident=Exists(Incident.objects.filter(slo=OuterRef("pk"), resolved_at=None)),
    )
    for pk, kind, enabled, interval, at, result, phase, incident, lacks, left, team, tier in rows.values_list(*_ASKED):
        standing = stands(kind, enabled, 2 * interval, phase, last_look(at, result), present, lacks)
        of = {"team": team or "Nobody", "kind": kind, "tier": f"Tier {tier}" if tier else "Without a tier"}
        yield Place(pk, standing, incident, left, of.get(group, standing.word if group == "state" else ""))


def _living(found: QuerySet[Slo], present: datetime, *, wanted: bool) -> list[int]:
    """Those that are live, or those that are not."""
    lives = liveness(list(found.select_related("owner_team").defer("statements", "settings")), present)
    return [pk for pk, life in lives.items() if life.ok == wanted]


def _left(place: Place) -> Decimal:
    return FULL if place.left is None else place.left


def _named(standing: Standing) -> str:
    return standing.name.lower()
