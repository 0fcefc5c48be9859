"""Everything that is written down about the rotations of some teams, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from portal.core.catalog.models import TeamAddress
from portal.core.identity.models import Membership, Team, User
from portal.core.identity.roles import Role
from portal.core.notify.registry import channels

from ..domain import rotation as domain
from ..models import Absence, Level, Override, Plan, Policy, Rotation

DUTY_ROLES = (Role.ON_CALL, Role.OWNER)
USUAL_WAIT = timedelta(minutes=15)
USUAL_REPEATS = 2


@dataclass(slots=True)
class Roster:
    """One team's rotations, people, addresses and ladder. `people` holds everybody whom a rotation names, by id."""

    team: Team
    rotations: list[Rotation] = field(default_factory=list)
    rotas: dict[int, domain.Rota] = field(default_factory=dict)
    people: dict[int, User] = field(default_factory=dict)
    on_duty: dict[Role, list[User]] = field(default_factory=dict)
    addresses: list[TeamAddress] = field(default_factory=list)
    policy: Policy | None = None
    levels: list[Level] = field(default_factory=list)

    @property
    def repeats(self) -> int:
        """How often its ladder is climbed again."""
        return self.policy.repeats if self.policy else USUAL_REPEATS

    def who(self, rotation_id: int, at: datetime) -> User | None:
        """The person who has the turn in a rotation at that time."""
        duty = self.rotas[rotation_id].on_call(at)
        return self.people[duty.person] if duty else None


def roster(team: Team, since: datetime) -> Roster:
    """The roster of one team; overrides and absences that ended before `since` are left out."""
    return rosters([team], since)[team.pk]


def rosters(teams: Iterable[Team], since: datetime) -> dict[int, Roster]:
    """The rosters of some teams by the team's id."""
    found = rotas(teams, since)
    _add_ladders(found)
    for address in TeamAddress.objects.filter(team__in=found, purpose=TeamAddress.Purpose.ALERTS, kind__in=channels()):
        found[address.team_id].addresses.append(address)
    return found


def rotas(teams: Iterable[Team], since: datetime) -> dict[int, Roster]:
    """The rosters of some teams by the team's id, with neither ladder nor addresses."""
    found = {team.pk: Roster(team) for team in teams}
    _add_people(found)
    rotations = list(Rotation.objects.filter(team__in=found).order_by("pk"))
    for rotation in rotations:
        rotation.team = found[rotation.team_id].team
    members = ArrayAgg("turns__person", order_by="turns__position", filter=Q(turns__isnull=False))
    plans = list(Plan.objects.filter(rotation__in=rotations).annotate(members=members))
    overrides = Override.objects.filter(rotation__in=rotations, withdrawn_at=None, ends_at__gt=since)
    _add_rotas(found, rotations, plans, list(overrides), since)
    return found


def _add_people(found: dict[int, Roster]) -> None:
    held = Membership.objects.filter(team__in=found, role__in=DUTY_ROLES, user__is_active=True).select_related("user")
    for each in held.order_by("user__name", "user__pk"):
        assert each.team_id is not None
        found[each.team_id].on_duty.setdefault(Role(each.role), []).append(each.user)


def _add_rotas(
    found: dict[int, Roster],
    rotations: list[Rotation],
    plans: Sequence[Any],
    overrides: list[Override],
    since: datetime,
) -> None:
    named = {person for plan in plans for person in plan.members or ()} | {each.person_id for each in overrides}
    known = {user.pk: user for roster in found.values() for users in roster.on_duty.values() for user in users}
    if gone := named - known.keys():
        known |= User.objects.in_bulk(gone)
    absences = [
        domain.Absence(each.person_id, each.starts_at, each.ends_at)
        for each in Absence.objects.filter(person__in=named, ends_at__gt=since)
    ]
    for rotation in rotations:
        roster = found[rotation.team_id]
        own = [_plan(plan) for plan in plans if plan.rotation_id == rotation.pk]
        taken = [each for each in overrides if each.rotation_id == rotation.pk]
        people = {person for plan in own for person in plan.members} | {each.person_id for each in taken}
        able = {user.pk for users in roster.on_duty.values() for user in users}
        roster.people |= {person: known[person] for person in people}
        roster.rotations.append(rotation)
        roster.rotas[rotation.pk] = domain.Rota(
            plans=tuple(own),
            overrides=tuple(domain.Override(o.pk, o.person_id, o.starts_at, o.ends_at) for o in taken),
            absences=tuple(each for each in absences if each.person in people),
            gone=frozenset(people - able),
        )


def _plan(row: Any) -> domain.Plan:
    hours = None
    if row.days or row.from_time:
        start, end = row.from_time or row.hand_off, row.to_time or row.from_time or row.hand_off
        hours = domain.Hours(frozenset(row.days or range(7)), start, end)
    return domain.Plan(
        starts_on=row.starts_on,
        hand_off=row.hand_off,
        zone=ZoneInfo(row.time_zone),
        period=domain.Period(row.period),
        members=tuple(row.members or ()),
        layer=row.layer,
        hours=hours,
        number=row.pk,
    )


def _add_ladders(found: dict[int, Roster]) -> None:
    levels = Level.objects.filter(policy__team__in=found).select_related("policy", "rotation", "person")
    for level in levels.order_by("policy", "position"):
        roster = found[level.policy.team_id]
        roster.policy = level.policy
        roster.levels.append(level)
    for roster in found.values():
        if not roster.levels:
            roster.levels = _usual_levels(roster.rotations)


def _usual_levels(rotations: Sequence[Rotation]) -> list[Level]:
    """The ladder of a team that has set none: its rotations, else its on-call people; its owners; its mailbox."""
    targets = [Level(target=Level.Target.ROTATION, rotation=each) for each in rotations]
    targets = targets or [Level(target=Level.Target.ON_CALL)]
    targets += [
        Level(target=Level.Target.OWNERS),
        Level(target=Level.Target.ADDRESSES, channel=TeamAddress.Kind.EMAIL),
    ]
    for position, level in enumerate(targets, 1):
        level.position, level.wait = position, USUAL_WAIT
    return targets
