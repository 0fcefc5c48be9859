"""Who is on call, and where each can be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.core.catalog.selectors import assets, channels_of
from portal.core.identity.models import Team, User
from portal.core.identity.roles import Role

from ..models import Level
from .rosters import Roster, roster, rotas


@dataclass(frozen=True, slots=True)
class Recipient:
    """One place where a level is told; `person` is empty for an address of the team."""

    channel: str
    address: str
    person: User | None = None

    @property
    def words(self) -> str:
        """Who it is, without the address."""
        return self.person.name if self.person else f"the team's {self.channel} address"


def on_call_of(team: Team, at: datetime) -> list[User]:
    """Who is on call: whoever has the turn in each rotation of the ladder; without rotations, the role's people."""
    return on_call_of_teams([team], at)[team.pk]


def teams_without_duty(at: datetime) -> tuple[int, list[Team]]:
    """How many teams own an asset, and those of them that nobody is on call for, by name; a few queries for all."""
    owning = list(Team.objects.filter(pk__in=assets().values("owner_team")).order_by("name"))
    known = on_call_of_teams(owning, at)
    return len(owning), [team for team in owning if not known[team.pk]]


def on_call_of_teams(teams: Iterable[Team], at: datetime) -> dict[int, list[User]]:
    """Who is on call of each team, by its number; a fixed number of queries, none without teams."""
    named = {team.pk: team for team in teams}
    if not named:
        return {}
    ladders = _ladders(named)
    return {pk: _on_call(known, ladders.get(pk), at) for pk, known in rotas(named.values(), at).items()}


def _ladders(teams: Iterable[int]) -> dict[int, list[int | None]]:
    """The rotations on each team's ladder, None for a level of another kind; a team without a ladder is left out."""
    found: dict[int, list[int | None]] = {}
    levels = Level.objects.filter(policy__team__in=teams).order_by("policy", "position")
    for team, target, rotation in levels.values_list("policy__team", "target", "rotation"):
        found.setdefault(team, []).append(rotation if target == Level.Target.ROTATION else None)
    return found


def _on_call(known: Roster, ladder: list[int | None] | None, at: datetime) -> list[User]:
    turns = [each.pk for each in known.rotations] if ladder is None else [each for each in ladder if each]
    if not turns:
        return list(known.on_duty.get(Role.ON_CALL, []))
    return list(dict.fromkeys(person for turn in turns if (person := known.who(turn, at))))


def receivers(team: Team, at: datetime) -> list[tuple[str, str]]:
    """(channel, address) pairs of the first level that has somebody, and of the team's channels."""
    known = roster(team, at)
    told = next((found for level in known.levels if (found := recipients(known, level, at))), [])
    return list(dict.fromkeys([(each.channel, each.address) for each in told] + channels_of(team)))


def recipients(known: Roster, level: Level, at: datetime) -> list[Recipient]:
    """Whom a level tells at that time; none where it is empty."""
    if level.target == Level.Target.ADDRESSES:
        found = (each for each in known.addresses if level.channel in ("", each.kind))
        return [Recipient(each.kind, each.told_at) for each in found]
    return [Recipient("email", person.email, person) for person in _people(known, level, at)]


def _people(known: Roster, level: Level, at: datetime) -> list[User]:
    if level.target == Level.Target.ROTATION:
        person = known.who(level.rotation_id, at) if level.rotation_id in known.rotas else None
        return [person] if person else []
    if level.target == Level.Target.PERSON:
        return [level.person] if level.person and level.person.is_active else []
    role = Role.ON_CALL if level.target == Level.Target.ON_CALL else Role.OWNER
    return list(known.on_duty.get(role, []))
