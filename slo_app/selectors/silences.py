"""Which silences there are, which one holds an incident's notices back, and what a new one would hide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from portal.core.identity.policies import Act, may, require

from ..domain.silence import Matcher, fits
from ..models import Alert, Incident, Silence, Slo

if TYPE_CHECKING:
    from portal.core.identity.models import Team, User


@dataclass(frozen=True, slots=True)
class Hidden:
    """An SLO that a silence covers, and its open incident, if there is one."""

    slo: Slo
    incident: Incident | None


def silence_over(incident: Incident, at: datetime) -> Silence | None:
    """The silence, the last to end, that holds back what would be told of an incident now; None where none does."""
    team = incident.slo.owner_team_id
    if team is None:
        return None
    labels = incident.alert.labels | {"severity": incident.severity}
    return next((each for each in in_force(at).filter(team=team) if fits(each.patterns, labels)), None)


def in_force(at: datetime) -> QuerySet[Silence]:
    """Silences that hold at a time, the last to end first."""
    return Silence.objects.filter(starts_at__lte=at, ends_at__gt=at)


def silences(user: User, *, state: str = "", team: str = "", at: datetime) -> QuerySet[Silence]:
    """Every silence by the filters of the URL; without a state, those that are not over."""
    require(user, Act.READ)
    found = Silence.objects.select_related("team", "author", "ended_by")
    if team:
        found = found.filter(team__slug=team)
    asked = {
        "": Q(ends_at__gt=at),
        "in_force": Q(starts_at__lte=at, ends_at__gt=at),
        "planned": Q(starts_at__gt=at),
        "over": Q(ends_at__lte=at),
        "all": Q(),
    }
    return found.filter(asked.get(state, asked[""]))


def silence_for(user: User, pk: int) -> Silence:
    """One silence, or Http404."""
    require(user, Act.READ)
    return get_object_or_404(Silence.objects.select_related("team", "author", "ended_by"), pk=pk)


def hidden_by(team: Team, matchers: Mapping[str, str]) -> list[Hidden]:
    """The team's SLOs that such a silence covers, those with an open incident first."""
    patterns = [Matcher(label, pattern) for label, pattern in matchers.items()]
    found = Incident.objects.filter(slo__owner_team=team, resolved_at=None).select_related("alert", "slo")
    open_now = {each.slo_id: each for each in found if fits(patterns, each.alert.labels | {"severity": each.severity})}
    burns: dict[int, list[dict[str, str]]] = defaultdict(list)
    for alert in Alert.objects.filter(slo__owner_team=team).exclude(burn=""):
        burns[alert.slo_id].append(alert.labels)
    slos = Slo.objects.filter(owner_team=team, enabled=True).select_related("asset")
    covered = [slo for slo in slos if any(fits(patterns, each) for each in _possible(slo, burns[slo.pk]))]
    hidden = [Hidden(slo, open_now.get(slo.pk)) for slo in covered]
    return sorted(hidden, key=lambda each: (each.incident is None, str(each.slo)))


def teams_to_silence(user: User) -> list[Team]:
    """The teams whose alerts a person may silence."""
    teams = {member.team for member in user.memberships.select_related("team") if member.team}
    return sorted((team for team in teams if may(user, Act.HANDLE_INCIDENT, _Of(team.pk))), key=str)


@dataclass(frozen=True, slots=True)
class _Of:
    """Something that belongs to a team, for the question whether a person may handle its incidents."""

    team: int

    def team_ids(self) -> set[int]:
        """The team."""
        return {self.team}


def _possible(slo: Slo, burns: list[dict[str, str]]) -> Iterable[dict[str, str]]:
    """The labels of what an SLO may tell of: its threshold, the quieter missing data, and its budget's burning."""
    base = {"asset": slo.asset.key, "kind": slo.kind, "slo": slo.name}
    return [each | {"severity": severity} for each in (base, *burns) for severity in {slo.severity, "ticket"}]
