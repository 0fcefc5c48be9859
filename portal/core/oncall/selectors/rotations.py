"""Rotations with their plans, one's own shifts, and what a form offers first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from portal.core.identity.models import Team, User
from portal.core.identity.policies import Act, require

from ..models import Absence, Override, Plan, Rotation
from .rosters import Roster, rosters


@dataclass(frozen=True, slots=True)
class MyShift:
    """A shift of one's own."""

    rotation: Rotation
    start: datetime
    end: datetime


def rotation_for(reader: User, pk: int) -> Rotation | None:
    """One rotation, for who may read."""
    require(reader, Act.READ)
    return Rotation.objects.select_related("team").filter(pk=pk).first()


def rotations_of(team: Team) -> QuerySet[Rotation]:
    """A team's rotations."""
    return Rotation.objects.filter(team=team).select_related("team")


def plans_of(rotation: Rotation) -> QuerySet[Plan]:
    """A rotation's plans, the newest first."""
    found = Plan.objects.filter(rotation=rotation).select_related("author").prefetch_related("turns__person")
    return found.order_by("-starts_on", "layer", "-pk")


def override_for(reader: User, pk: int) -> Override | None:
    """One override that still counts."""
    require(reader, Act.READ)
    return Override.objects.select_related("rotation__team").filter(pk=pk, withdrawn_at=None).first()


def absences_of(person: User, at: datetime) -> QuerySet[Absence]:
    """A person's absences that are not over."""
    return Absence.objects.filter(person=person, ends_at__gt=at)


def usual_plan(rotation: Rotation | None, at: datetime) -> dict[str, Any]:
    """What the form of a plan offers first: the newest plan's order from the next Monday on."""
    monday = (at + timedelta(days=7 - at.weekday())).date()
    last = plans_of(rotation).order_by("-pk").first() if rotation else None
    if last is None:
        return {"starts_on": at.date(), "hand_off": time(9), "time_zone": "UTC", "period": "week"}
    kept = ("hand_off", "time_zone", "period", "layer", "days", "from_time", "to_time")
    people = {f"person_{place}": turn.person_id for place, turn in enumerate(last.turns.all(), 1)}
    return {name: getattr(last, name) for name in kept} | people | {"starts_on": monday}


def shifts_of(person: User, start: datetime, end: datetime) -> Sequence[MyShift]:
    """A person's own shifts in every rotation of their teams, the next first."""
    return shifts_in(rosters_of(person, start), person, start, end)


def rosters_of(person: User, since: datetime) -> Collection[Roster]:
    """The rosters of a person's teams that have a rotation."""
    teams = {team for _, team in person.grants() if team is not None}
    return rosters(Team.objects.filter(pk__in=teams, rotations__isnull=False).distinct(), since).values()


def shifts_in(known: Collection[Roster], person: User, start: datetime, end: datetime) -> Sequence[MyShift]:
    """A person's own shifts in some rosters, the next first."""
    found = []
    for roster in known:
        for rotation in roster.rotations:
            shifts = roster.rotas[rotation.pk].shifts(start, end)
            found += [MyShift(rotation, s.start, s.end) for s in shifts if s.duty and s.duty.person == person.pk]
    return sorted(found, key=lambda each: (each.start, each.rotation.pk))
