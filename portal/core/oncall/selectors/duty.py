"""Who is on call, and where each can be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.core.catalog.selectors import channels_of
from portal.core.identity.models import Team, User
from portal.core.identity.roles import Role

from ..models import Level
from .rosters import Roster, roster


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
    known = roster(team, at)
    turns = [level for level in known.levels if level.target == Level.Target.ROTATION]
    if not turns:
        return list(known.on_duty.get(Role.ON_CALL, []))
    people = (known.who(level.rotation_id, at) for level in turns if level.rotation_id)
    return list(dict.fromkeys(person for person in people if person))


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
