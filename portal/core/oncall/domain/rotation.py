"""Who is on call at an instant: plans with hand-offs in local time, overrides and absences.

A shift is half open, [hand-off, next hand-off), and every hand-off is one instant computed from the local wall clock
(zoneinfo, PEP 495 with fold 0), so that clock changes make a shift an hour shorter or longer and never a hole or an
overlap. The answer at an instant is a pure function of what is written down; the calendar asks the same function.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


class Period(StrEnum):
    """How long a turn lasts, by the wall clock."""

    WEEK = "week"
    DAY = "day"
    HALF_DAY = "half_day"

    @property
    def length(self) -> timedelta:
        """The turn's length by the wall clock; a clock change makes the real one an hour shorter or longer.

        >>> Period.HALF_DAY.length
        datetime.timedelta(seconds=43200)
        """
        return LENGTHS[self]


LENGTHS = {Period.WEEK: timedelta(days=7), Period.DAY: DAY, Period.HALF_DAY: timedelta(hours=12)}


class Why(StrEnum):
    """Why a person is on call."""

    TURN = "turn"
    COVER = "cover"
    OVERRIDE = "override"


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time, in UTC; of a time that comes twice the first.

    >>> instant(date(2026, 3, 29), time(9), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-29T07:00:00+00:00'
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Hours:
    """The part of the week that a plan covers, by the wall clock; Monday is 0. An end not after the start is the next
    day's, so that equal times mean round the clock."""

    days: frozenset[int]
    start: time
    end: time

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From when to when it covers, where `day` is one of its days."""
        ends = day if self.start < self.end else day + DAY
        return instant(day, self.start, zone), instant(ends, self.end, zone)

    def covers(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the instant lies in it."""
        today = at.astimezone(zone).date()
        near = (day for day in (today - DAY, today) if day.weekday() in self.days)
        return any(start <= at < end for start, end in (self.on(day, zone) for day in near))


@dataclass(frozen=True)
class Plan:
    """An order of people from a day on, until the next plan of its layer starts (of two that start together the one
    with the higher number). No members: the layer ends there."""

    starts_on: date
    hand_off: time
    zone: ZoneInfo
    period: Period
    members: tuple[int, ...]
    layer: int = 1
    hours: Hours | None = None
    number: int = 0

    @cached_property
    def starts_at(self) -> datetime:
        """Its first hand-off."""
        return self.boundary(0)

    @cached_property
    def _first(self) -> datetime:
        """Its first hand-off by the wall clock."""
        return datetime.combine(self.starts_on, self.hand_off)

    def boundary(self, turn: int) -> datetime:
        """When the turn of that number (from 0) begins."""
        return (self._first + turn * self.period.length).replace(tzinfo=self.zone).astimezone(UTC)

    def turn(self, at: datetime) -> int:
        """The number of the turn that the instant lies in."""
        wall = at.astimezone(self.zone).replace(tzinfo=None)
        turn = (wall - self._first) // self.period.length
        while self.boundary(turn + 1) <= at:
            turn += 1
        while self.boundary(turn) > at:
            turn -= 1
        return turn

    def covers(self, at: datetime) -> bool:
        """Whether it says anything about that instant."""
        return bool(self.members) and (self.hours is None or self.hours.covers(at, self.zone))

    def edges(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Every instant from start to end at which its answer may change."""
        yield self.starts_at
        first, last = self.turn(max(start, self.starts_at)), self.turn(max(end, self.starts_at))
        yield from (self.boundary(turn) for turn in range(first, last + 2))
        if self.hours is None:
            return
        day, until = start.astimezone(self.zone).date() - DAY, end.astimezone(self.zone).date() + DAY
        while day <= until:
            if day.weekday() in self.hours.days:
                yield from self.hours.on(day, self.zone)
            day += DAY


@dataclass(frozen=True, slots=True)
class Override:
    """A person takes [start, end); of two that overlap the one with the higher number, which was made later."""

    number: int
    person: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away in [start, end), whatever the rotation says."""

    person: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call, why, and instead of whom (where a turn is covered or taken over)."""

    person: int
    why: Why
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """From when to when one duty lasts; without a duty nobody is on call."""

    start: datetime
    end: datetime
    duty: Duty | None


@dataclass(frozen=True)
class Rota:
    """All that is written down about one rotation; `gone` are the people who may no longer be on call."""

    plans: tuple[Plan, ...]
    overrides: tuple[Override, ...] = ()
    absences: tuple[Absence, ...] = ()
    gone: frozenset[int] = frozenset()

    def on_call(self, at: datetime) -> Duty | None:
        """Who is on call at that instant; None where the rotation is empty there."""
        planned = self._planned(at)
        taken = [each for each in self.overrides if each.start <= at < each.end and self.available(each.person, at)]
        if not taken:
            return planned
        override = max(taken, key=lambda each: each.number)
        whose = planned.person if planned else None
        return Duty(override.person, Why.OVERRIDE, None if whose == override.person else whose)

    def available(self, person: int, at: datetime) -> bool:
        """Whether the person is still one of them, and not away at that instant."""
        away = any(each.person == person and each.start <= at < each.end for each in self.absences)
        return person not in self.gone and not away

    def shifts(self, start: datetime, end: datetime) -> list[Shift]:
        """What `on_call` answers from start to end, without a hole: each shift ends where the next begins."""
        edges = sorted({start, *(edge for edge in self._edges(start, end) if start < edge < end), end})
        found: list[Shift] = []
        for begin, until in pairwise(edges):
            duty = self.on_call(begin)
            if found and found[-1].duty == duty:
                found[-1] = Shift(found[-1].start, until, duty)
            else:
                found.append(Shift(begin, until, duty))
        return found

    def in_force(self, at: datetime) -> list[Plan]:
        """The plan of each layer at that instant, the highest layer first."""
        newest = {plan.layer: plan for plan in self._by_start if plan.starts_at <= at}
        return [newest[layer] for layer in sorted(newest, reverse=True)]

    @cached_property
    def _by_start(self) -> list[Plan]:
        return sorted(self.plans, key=lambda each: (each.starts_at, each.number))

    def _planned(self, at: datetime) -> Duty | None:
        """The highest layer that covers the instant and has somebody."""
        turns = (self._turn(plan, at) for plan in self.in_force(at) if plan.covers(at))
        return next((duty for duty in turns if duty), None)

    def _turn(self, plan: Plan, at: datetime) -> Duty | None:
        """Whose turn it is; who has left or is away is covered by the next in the order."""
        turn, size = plan.turn(at), len(plan.members)
        whose = plan.members[turn % size]
        for step in range(size):
            person = plan.members[(turn + step) % size]
            if self.available(person, at):
                return Duty(person, Why.TURN) if person == whose else Duty(person, Why.COVER, whose)
        return None

    def _edges(self, start: datetime, end: datetime) -> Iterator[datetime]:
        for plan in self.plans:
            if plan.starts_at < end:
                yield from plan.edges(start, end)
        spans = [(each.start, each.end) for each in self.overrides]
        spans += [(each.start, each.end) for each in self.absences]
        yield from chain.from_iterable(spans)
