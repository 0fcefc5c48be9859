"""Writes about rotations: plans (only ever added), shifts that somebody takes, and absences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.models import Team, User
from portal.core.identity.policies import Act, require

from .. import evidence_kinds
from ..domain.rotation import Period, instant
from ..models import Absence, Override, Plan, Rotation, Turn
from ..selectors.boards import candidates

LONGEST_OVERRIDE = timedelta(days=31)
LONGEST_ABSENCE = timedelta(days=366)
MOST_PEOPLE = 30


class RotationRefused(ValueError):
    """What was asked does not fit the rotation; the sentence says why."""


@transaction.atomic
def plan_rotation(
    *,
    user: User,
    team: Team,
    name: str,
    people: Sequence[User],
    starts_on: date,
    hand_off: time,
    time_zone: str,
    period: str,
    layer: int = 1,
    days: Sequence[int] = (),
    from_time: time | None = None,
    to_time: time | None = None,
    rotation: Rotation | None = None,
) -> Rotation:
    """Start a rotation, or plan one anew from a day on; what was before that day stays.

    Raises PermissionDenied, or RotationRefused for people who may not be on call for the team, an unknown zone, a start
    in the past, or a name that is taken.
    """
    require(user, Act.KEEP_ROTA, team)
    present = now()
    _check_plan(team, people, starts_on, hand_off, time_zone, present, first=rotation is None)
    if rotation is None:
        if Rotation.objects.filter(team=team, name=name).exists():
            raise RotationRefused(f"{team} has a rotation called {name} already.")
        rotation = Rotation.objects.create(team=team, name=name, created_at=present)
    plan = Plan.objects.create(
        rotation=rotation, layer=layer, starts_on=starts_on, hand_off=hand_off, time_zone=time_zone,
        period=Period(period).value, days=sorted(days), from_time=from_time, to_time=to_time, author=user,
        created_at=present,
    )  # fmt: skip
    Turn.objects.bulk_create(Turn(plan=plan, position=place, person=each) for place, each in enumerate(people))
    payload: dict[str, str | int] = {
        "rotation": rotation.name, "team": team.slug, "starts_on": starts_on.isoformat(), "layer": layer,
        "people": len(people), "period": Period(period).value.replace("_", " "),
    }  # fmt: skip
    record(evidence_kinds.PLANNED, actor=actor_of(user), payload=payload, team_id=team.pk)
    return rotation


@transaction.atomic
def take_shift(
    *, user: User, rotation: Rotation, person: User, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> Override:
    """Let a person take a shift; raises PermissionDenied, or RotationRefused where it cannot count."""
    require(user, Act.HANDLE_INCIDENT, rotation)
    present = now()
    _check_span(starts_at, ends_at, present, LONGEST_OVERRIDE)
    if not candidates(rotation.team).filter(pk=person.pk).exists():
        raise RotationRefused(f"{person.name} has to be on-call engineer or owner of {rotation.team} first.")
    if Absence.objects.filter(person=person, starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise RotationRefused(f"{person.name} is away then. End that absence first, or choose somebody else.")
    made = Override.objects.create(
        rotation=rotation, person=person, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()[:200],
        author=user, created_at=present,
    )  # fmt: skip
    record(evidence_kinds.OVERRIDDEN, actor=actor_of(user), payload=_span(made), team_id=rotation.team_id)
    return made


@transaction.atomic
def withdraw_override(*, user: User, override: Override) -> Override:
    """Give a shift back to whose turn it is; a second time changes nothing."""
    require(user, Act.HANDLE_INCIDENT, override)
    found = Override.objects.select_for_update(of=("self",)).select_related("rotation__team").get(pk=override.pk)
    if found.withdrawn_at is None:
        found.withdrawn_at = now()
        found.save(update_fields=["withdrawn_at"])
        record(evidence_kinds.WITHDRAWN, actor=actor_of(user), payload=_span(found), team_id=found.rotation.team_id)
    return found


@transaction.atomic
def go_away(*, user: User, starts_at: datetime, ends_at: datetime) -> Absence:
    """Say that one is away; others cover. Raises RotationRefused for a span that is over, turned round or too long."""
    require(user, Act.READ)
    present = now()
    _check_span(starts_at, ends_at, present, LONGEST_ABSENCE)
    return Absence.objects.create(person=user, starts_at=starts_at, ends_at=ends_at, author=user, created_at=present)


@transaction.atomic
def come_back(*, user: User, pk: int) -> None:
    """End one of one's own absences now: one to come is taken out, one that is on ends."""
    present = now()
    found = Absence.objects.select_for_update().filter(pk=pk, person=user).first()
    if found is None or found.ends_at <= present:
        return
    if found.starts_at >= present:
        found.delete()
        return
    found.ends_at = present
    found.save(update_fields=["ends_at"])


def _check_plan(
    team: Team, people: Sequence[User], starts_on: date, hand_off: time, zone: str, present: datetime, *, first: bool
) -> None:
    if zone not in available_timezones():
        raise RotationRefused(f"There is no time zone “{zone}”; write for example Europe/Berlin.")
    if first and not people:
        raise RotationRefused("A rotation needs somebody; choose at least one person.")
    if len(people) > MOST_PEOPLE:
        raise RotationRefused(f"A rotation has at most {MOST_PEOPLE} places.")
    if not first and instant(starts_on, hand_off, ZoneInfo(zone)) <= present:
        raise RotationRefused("The past stays as it was: choose a hand-off that is still to come.")
    able = set(candidates(team).values_list("pk", flat=True))
    stranger = next((person for person in people if person.pk not in able), None)
    if stranger:
        raise RotationRefused(f"{stranger.name} has to be on-call engineer or owner of {team} first.")


def _check_span(starts_at: datetime, ends_at: datetime, present: datetime, longest: timedelta) -> None:
    if ends_at <= starts_at:
        raise RotationRefused("The end has to be after the beginning.")
    if ends_at <= present:
        raise RotationRefused("That time is over.")
    if ends_at - starts_at > longest:
        raise RotationRefused(f"That is longer than {longest.days} days; plan the rotation anew instead.")


def _span(made: Override) -> dict[str, str | int]:
    return {
        "rotation": made.rotation.name,
        "team": made.rotation.team.slug,
        "starts_at": made.starts_at.isoformat(),
        "ends_at": made.ends_at.isoformat(),
    }
