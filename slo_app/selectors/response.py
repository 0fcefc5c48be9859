"""MTTA and MTTR, their trend, and how often an alert upstream came first; drills and open incidents count in none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Max, Q, QuerySet

from portal.core.identity.policies import Act, require

from ..domain.response import WINDOW, Past, Response, Spread, Trend, response, spread, trend, weeks
from ..models import Incident

if TYPE_CHECKING:
    from portal.core.identity.models import User

WEEKS = 12
PRODUCT = Q(slo__asset__kind="product") | Q(slo__asset__layer="product")
GROUPS = {
    "acknowledged": Q(first_acknowledged_at__isnull=False),
    "resolved": Q(first_acknowledged_at__isnull=False) | Q(resolved_by__isnull=False),
    "never_acknowledged": Q(first_acknowledged_at=None),
    "by_itself": Q(first_acknowledged_at=None, resolved_by=None),
    "product": PRODUCT,
    "preceded": PRODUCT & Q(precedents__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Precedence:
    """Of the incidents of products: how many an alert upstream preceded, and by how long."""

    products: int
    preceded: int
    lead: Spread | None

    @property
    def percent(self) -> int | None:
        """The share, rounded down so that it never flatters; None where there was no incident of a product."""
        return 100 * self.preceded // self.products if self.products else None


@dataclass(frozen=True, slots=True)
class Answer:
    """How incidents were answered in the 28 days before a moment, against the 28 days before those."""

    now: Response
    before: Response
    open: int
    precedence: Precedence

    @property
    def acknowledge_trend(self) -> Trend:
        """Where the median time to acknowledge goes."""
        return trend(self.now.acknowledge, self.before.acknowledge)

    @property
    def resolve_trend(self) -> Trend:
        """Where the median time to resolve goes."""
        return trend(self.now.resolve, self.before.resolve)


def answer(at: datetime, *, team: str = "", severity: str = "") -> Answer:
    """MTTA and MTTR as of a moment, for the scoreboard and its own page; no rights are asked."""
    found = _counted(team, severity)
    pasts = list(_pasts(found.filter(resolved_at__gt=at - 2 * WINDOW, resolved_at__lte=at)))
    return Answer(
        now=response(each for each in pasts if each.resolved_at > at - WINDOW),
        before=response(each for each in pasts if each.resolved_at <= at - WINDOW),
        open=found.filter(resolved_at=None).count(),
        precedence=_precedence(_ended(found, at)),
    )


def weekly(at: datetime, *, team: str = "", severity: str = "") -> list[tuple[datetime, Response]]:
    """The response of the last twelve weeks, for the chart."""
    since = at - timedelta(days=7 * WEEKS)
    found = _counted(team, severity).filter(resolved_at__gt=since, resolved_at__lte=at)
    return weeks(_pasts(found), at, WEEKS)


def behind(user: User, at: datetime, *, of: str = "", team: str = "", severity: str = "") -> QuerySet[Incident]:
    """The incidents behind a number of the page: ended in the last 28 days, of one group; the newest first."""
    require(user, Act.READ)
    found = _counted(team, severity)
    found = found.filter(resolved_at=None) if of == "open" else _ended(found, at).filter(GROUPS.get(of, Q()))
    people = ("slo__asset", "slo__owner_team", "acknowledged_by", "resolved_by")
    return found.select_related(*people).annotate(lead=Max("precedents__lead")).order_by("-fired_at", "-pk")


def _counted(team: str, severity: str) -> QuerySet[Incident]:
    found = Incident.objects.filter(drill=False)
    if team:
        found = found.filter(slo__owner_team__slug=team)
    return found.filter(severity=severity) if severity else found


def _ended(found: QuerySet[Incident], at: datetime) -> QuerySet[Incident]:
    return found.filter(resolved_at__gt=at - WINDOW, resolved_at__lte=at)


def _pasts(found: QuerySet[Incident]) -> Iterable[Past]:
    asked = ("fired_at", "resolved_at", "first_acknowledged_at", "resolved_by")
    for fired, resolved, acknowledged, person in found.values_list(*asked):
        assert resolved is not None  # only what is over is asked for
        yield Past(fired, resolved, acknowledged, person is not None)


def _precedence(found: QuerySet[Incident]) -> Precedence:
    leads = list(found.filter(PRODUCT).annotate(lead=Max("precedents__lead")).values_list("lead", flat=True))
    known = [lead for lead in leads if lead is not None]
    return Precedence(len(leads), len(known), spread(known))
