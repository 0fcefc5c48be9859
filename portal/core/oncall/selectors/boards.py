"""The on-call pages: who is on call now and next for each level, what is wrong, and the weeks to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from portal.core.identity.models import Membership, Team, User
from portal.core.identity.policies import Act, require

from ..domain.findings import Fault, Finding, findings
from ..domain.picture import Picture, draw, weeks_from
from ..domain.rotation import Shift, Why
from ..models import Level, Override, Page, Rotation
from .duty import recipients
from .rosters import DUTY_ROLES, Roster, rosters

AHEAD = timedelta(days=28)
WEEKS = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """One level: who is there now and until when, and who comes next and when (for rotations)."""

    level: Level
    now: Sequence[str]
    until: datetime | None = None
    next: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A finding in words."""

    word: str
    sentence: str
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One line of the table of shifts."""

    start: datetime
    end: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """One rotation's weeks: the picture, and the same as rows."""

    rotation: Rotation
    zone: str
    picture: Picture
    rows: Sequence[ShiftRow]


@dataclass(slots=True)
class TeamDuty:
    """One team on the board."""

    team: Team
    levels: Sequence[Standing]
    wrong: Sequence[Wrong]
    usual: bool
    pages: Sequence[Page] = field(default_factory=list)


def teams_with_duty(reader: User) -> QuerySet[Team]:
    """Teams that somebody can page: with a rotation, a ladder, or people who answer for it."""
    require(reader, Act.READ)
    duty = Q(rotations__isnull=False) | Q(escalation__isnull=False) | Q(memberships__role__in=DUTY_ROLES)
    return Team.objects.filter(duty).distinct().order_by("name")


def duties(reader: User, teams: Sequence[Team], at: datetime) -> list[TeamDuty]:
    """The board's rows of some teams, in a fixed number of queries."""
    require(reader, Act.READ)
    known = rosters(teams, at)
    pages: dict[int, list[Page]] = {}
    for page in Page.objects.filter(team__in=teams, resolved_at=None).select_related("team", "acknowledged_by"):
        pages.setdefault(page.team_id, []).append(page)
    return [duty_of(known[team.pk], at, pages.get(team.pk, [])) for team in teams]


def duty_of(roster: Roster, at: datetime, pages: Sequence[Page] = ()) -> TeamDuty:
    """One team's levels and findings."""
    levels = [_standing(roster, level, at) for level in roster.levels]
    return TeamDuty(roster.team, levels, wrong_with(roster, at), roster.policy is None, pages)


def calendars(roster: Roster, at: datetime) -> list[Calendar]:
    """The coming weeks of each rotation of a team; the roster has to reach back to the Monday before `at`."""
    return [_calendar(roster, rotation, at) for rotation in roster.rotations]


def overrides_of(roster: Roster, at: datetime) -> QuerySet[Override]:
    """Overrides of the team's rotations that are not over, the next first."""
    found = Override.objects.filter(rotation__in=roster.rotations, withdrawn_at=None, ends_at__gt=at)
    return found.select_related("rotation__team", "person", "author")


def candidates(team: Team) -> QuerySet[User]:
    """People who may be on call for a team: active, and on-call engineer or owner in it."""
    held = Membership.objects.filter(team=team, role__in=DUTY_ROLES, user__is_active=True)
    return User.objects.filter(pk__in=held.values("user"))


def wrong_with(roster: Roster, at: datetime) -> list[Wrong]:
    """What is wrong with a team's on-call in the four weeks to come."""
    found = [
        _in_words(roster, rotation, each) for rotation in roster.rotations for each in _found(roster, rotation, at)
    ]
    told = [bool(recipients(roster, level, at)) for level in roster.levels]
    if not any(told):
        sentence = "Every level is empty: a page now would reach nobody but the team's owners and the administrators."
        found.insert(0, Wrong("Nobody", sentence))
    elif roster.policy and not told[0]:
        found.insert(0, Wrong("Empty level", f"Level 1 ({roster.levels[0].label}) is empty now and is skipped."))
    return found


def _found(roster: Roster, rotation: Rotation, at: datetime) -> Iterable[Finding]:
    return findings(roster.rotas[rotation.pk], at, at + AHEAD)


def _in_words(roster: Roster, rotation: Rotation, each: Finding) -> Wrong:
    who = roster.people[each.person].name if each.person else ""
    if each.fault is Fault.GAP:
        return Wrong("Gap", f"Nobody is on call in {rotation.name}.", each.start, each.end)
    if each.fault is Fault.LEFT:
        return Wrong("Left", f"{who} stands in {rotation.name} and may no longer be on call: their turns are covered.")
    return Wrong("Override", f"{who} took a shift of {rotation.name} and will not be there.", each.start, each.end)


def _standing(roster: Roster, level: Level, at: datetime) -> Standing:
    now = [each.words for each in recipients(roster, level, at)]
    if level.target != Level.Target.ROTATION or level.rotation_id not in roster.rotas:
        return Standing(level, now)
    shifts = roster.rotas[level.rotation_id].shifts(at, at + AHEAD)
    later = next((each for each in shifts[1:] if _other(each, shifts[0])), None)
    following = roster.people[later.duty.person].name if later and later.duty else "Nobody" if later else ""
    return Standing(level, now, later.start if later else None, following, later.start if later else None)


def _other(shift: Shift, first: Shift) -> bool:
    """Whether somebody else is on call than in the first shift."""
    return (shift.duty and shift.duty.person) != (first.duty and first.duty.person)


def _calendar(roster: Roster, rotation: Rotation, at: datetime) -> Calendar:
    rota = roster.rotas[rotation.pk]
    zone = max(rota.plans, key=lambda plan: plan.number).zone if rota.plans else ZoneInfo("UTC")
    start, end = weeks_from(at, WEEKS, zone)
    shifts = rota.shifts(start, end)
    names = {pk: person.name for pk, person in roster.people.items()}
    rows = [_row(shift, names) for shift in shifts if shift.end > at]
    return Calendar(rotation, str(zone), draw(shifts, names, at, WEEKS, zone, at), rows)


def _row(shift: Shift, names: dict[int, str]) -> ShiftRow:
    if shift.duty is None:
        return ShiftRow(shift.start, shift.end, "Nobody", "")
    whose = names.get(shift.duty.instead_of or 0, "")
    why = {Why.TURN: "", Why.COVER: f"covers {whose}", Why.OVERRIDE: f"instead of {whose}" if whose else "override"}
    return ShiftRow(shift.start, shift.end, names[shift.duty.person], why[shift.duty.why])
