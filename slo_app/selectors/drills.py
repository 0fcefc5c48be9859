"""Fire drills: the last that reached somebody, when each team's next is due, and one with its steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, QuerySet
from django.shortcuts import get_object_or_404

from portal.core.identity.models import Team
from portal.core.identity.policies import Act, require

from ..domain.drill import due_at
from ..models import Drill, Slo

if TYPE_CHECKING:
    from portal.core.identity.models import User


@dataclass(frozen=True, slots=True)
class TeamDrills:
    """A team that owns SLOs: its latest drill, the last one that was delivered, and when the next is due."""

    team: Team
    slos: int
    latest: Drill | None
    delivered_at: datetime | None
    due_at: datetime


def last_delivered(slos: Iterable[Slo]) -> dict[int, datetime]:
    """When a drill of each SLO's owner was last delivered to somebody, by the SLO; those without one are left out."""
    owners = {slo.pk: slo.owner_team_id for slo in slos}
    delivered = _delivered({owner for owner in owners.values() if owner})
    return {slo: delivered[owner] for slo, owner in owners.items() if owner in delivered}


def team_drills(teams: Iterable[int] | None = None) -> list[TeamDrills]:
    """Every team that owns enabled SLOs, or those of `teams`, the next due first."""
    slos = Slo.objects.filter(enabled=True, drill=False).exclude(owner_team=None)
    if teams is not None:
        slos = slos.filter(owner_team__in=list(teams))
    rows = slos.order_by().values("owner_team").annotate(first=Min("created_at"), slos=Count("pk"))
    counts = {row["owner_team"]: row["slos"] for row in rows}
    first = {row["owner_team"]: row["first"] for row in rows}
    delivered = _delivered(first)
    latest = {each.team_id: each for each in Drill.objects.filter(team__in=first).order_by("started_at")}
    found = [
        TeamDrills(team, counts[pk], latest.get(pk), delivered.get(pk), due_at(first[pk], delivered.get(pk)))
        for pk, team in Team.objects.in_bulk(list(first)).items()
    ]
    return sorted(found, key=lambda each: (each.due_at, each.team.name))


def drills(user: User) -> QuerySet[Drill]:
    """Every drill, the newest first."""
    require(user, Act.READ)
    return Drill.objects.select_related("team", "incident", "acknowledged_by", "started_by")


def drill_for(user: User, pk: int) -> Drill:
    """One drill, or Http404."""
    return get_object_or_404(drills(user).select_related("slo__asset", "incident__alert"), pk=pk)


def drill_passed_last() -> Drill | None:
    """The newest drill that was fired, delivered and acknowledged to its end; no rights are asked."""
    passed = Drill.objects.filter(missing="", acknowledged_at__isnull=False, ended_at__isnull=False)
    return passed.select_related("team", "acknowledged_by").order_by("-acknowledged_at").first()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a drill for people: when it happened, how long after the start, and what it tells."""

    title: str
    at: datetime | None
    after: timedelta | None
    text: str


def steps_of(drill: Drill) -> list[Step]:
    """The steps in their order, those that have not happened without a time."""
    taken = f"{drill.acknowledged_by.name} took it on." if drill.acknowledged_by else "A person takes the incident on."
    told = (
        ("Breach planted", drill.started_at, "An event of 45 minutes ago was written into the team's sandbox."),
        ("Measured", drill.measured_at, "The probe of every other SLO read the sandbox through its connector."),
        ("Fired", drill.fired_at, "Two bad samples, half a minute apart."),
        ("Delivered", drill.delivered_at, "A channel took the first message to whoever is on call."),
        ("Acknowledged", drill.acknowledged_at, taken),
        ("Taken back", drill.mended_at, "A fresh event was written, so that the alert clears at its target."),
        ("Over", drill.ended_at, "Resolved by itself, and kept as evidence."),
    )
    return [Step(title, at, at - drill.started_at if at else None, text) for title, at, text in told]


def _delivered(teams: Iterable[int]) -> dict[int, datetime]:
    rows = Drill.objects.filter(team__in=list(teams)).exclude(delivered_at=None).order_by().values("team")
    return {row["team"]: row["at"] for row in rows.annotate(at=Max("delivered_at"))}
