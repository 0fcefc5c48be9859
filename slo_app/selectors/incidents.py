"""Incidents: one with all that its page shows, those of a list by its filters, and those that wait for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404

from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role
from portal.core.oncall.selectors import story

from ..domain.chart import Chart, Dot, draw
from ..domain.measurement import Result
from ..domain.postmortem import draft
from ..models import Incident, Precedent, Slo
from ..models.slo import Severity
from .boards import Row, rows_of

if TYPE_CHECKING:
    from portal.core.identity.models import User

AROUND = timedelta(hours=2)
CHARTED = 400
HANDLERS = (Role.OWNER, Role.ON_CALL)
STATES = {
    "open": Q(resolved_at=None),
    "untaken": Q(resolved_at=None, acknowledged_at=None),
    "resolved": Q(resolved_at__isnull=False),
    "unlearnt": Q(resolved_at__isnull=False, severity=Severity.PAGE, postmortem_at=None, drill=False),
    "never_acknowledged": Q(resolved_at__isnull=False, first_acknowledged_at=None),
    "all": Q(),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an incident's timeline; a message has a state of delivery."""

    at: datetime
    text: str
    word: str = ""
    mark: str = ""


DELIVERY = {
    "waiting": ("Waiting", "wait"),
    "delivered": ("Delivered", "ok"),
    "given_up": ("Failed", "bad"),
    "failed": ("Failed", "bad"),
    "cleared": ("Sent", "off"),
}


def key_of(incident: Incident) -> str:
    """What its pages are known by, to other tools too: the alert's key and the incident, never a value."""
    return f"{incident.alert.dedup_key}:{incident.pk}"


def incident_for(user: User, pk: int) -> Incident:
    """One incident with its SLO, or Http404."""
    require(user, Act.READ)
    shown = ("alert", "slo__asset", "slo__owner_team", "runbook_version__runbook")
    people = ("acknowledged_by", "resolved_by", "postmortem_by")
    return get_object_or_404(Incident.objects.select_related(*shown, *people), pk=pk)


def open_incidents(team_ids: Iterable[int]) -> QuerySet[Incident]:
    """Incidents of these teams' SLOs that are not resolved, and those whose post-mortem is still due."""
    mine = Incident.objects.filter(slo__owner_team__in=list(team_ids))
    return mine.filter(STATES["open"] | STATES["unlearnt"]).select_related("slo__asset", "alert")


def incidents(user: User, *, asked: dict[str, str]) -> QuerySet[Incident]:
    """The list by the filters of its URL, the newest first; without a state, those that are open."""
    require(user, Act.READ)
    found = Incident.objects.select_related("alert", "slo__asset", "slo__owner_team", "acknowledged_by")
    found = found.filter(STATES.get(asked.get("state") or "open", STATES["open"]))
    if asked.get("mine"):
        found = found.filter(slo__owner_team__in=teams_of(user))
    named = {"severity": "severity", "kind": "slo__kind", "about": "kind", "team": "slo__owner_team__slug"}
    found = found.filter(**{lookup: asked[name] for name, lookup in named.items() if asked.get(name)})
    if asked.get("text"):
        text = asked["text"]
        found = found.filter(Q(slo__asset__name__icontains=text) | Q(slo__asset__namespace__icontains=text))
    return found


def teams_of(user: User) -> list[int]:
    """The teams whose incidents a person handles."""
    return [team for role, team in user.grants() if role in HANDLERS and team]


def timeline_of(incident: Incident) -> list[Line]:
    """What happened, and whom each level of the escalation told and with what success, oldest first."""
    own = [Line(entry.at, entry.text) for entry in incident.timeline.all()]
    told = [
        Line(each.at, f"{each.text} {each.error}".strip(), *DELIVERY.get(each.state, ("", "")))
        for each in story(key_of(incident))
    ]
    return sorted(own + told, key=lambda line: line.at)


def precedents_of(incident: Incident) -> list[Precedent]:
    """The upstream incidents that were open when it fired, the earliest first."""
    return list(incident.precedents.select_related("upstream__slo__asset", "upstream__alert"))


def followers_of(incident: Incident) -> list[Precedent]:
    """The incidents downstream that fired after it."""
    found = incident.followers.select_related("incident__slo__asset", "incident__alert")
    return list(found.order_by(F("lead").asc())[:20])


def chart_around(incident: Incident, present: datetime) -> Chart | None:
    """The SLO's values from before it fired to after it was resolved, or now."""
    start, end = incident.fired_at - AROUND, min((incident.resolved_at or present) + AROUND, present)
    looks = incident.slo.measurements.filter(at__gte=start, at__lte=end).order_by("-at")
    rows: Iterable[tuple[Any, ...]] = looks.values_list("at", "value", "result")[:CHARTED]
    dots = [Dot(at, None if value is None else float(value), result == Result.BREACH) for at, value, result in rows]
    slo = incident.slo
    return draw(dots[::-1], float(slo.target_value), float(slo.alert_value), slo.interval.total_seconds())


def row_of(slo: Slo) -> Row:
    """The SLO as the board shows it, with its newest measurement."""
    return rows_of(Slo.objects.filter(pk=slo.pk), newest=1)[0]


def draft_of(incident: Incident, timeline: list[Line]) -> str:
    """The post-mortem to start from, its timeline and what is known filled in."""
    followed = [f"{each.incident.number}, {each.incident.slo}" for each in followers_of(incident)]
    lines = [(line.at, line.text) for line in timeline]
    return draft(title=f"{incident.number}: {incident.slo}", timeline=lines, cause=incident.cause, followed=followed)
