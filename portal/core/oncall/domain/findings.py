"""What is wrong with a rotation in the time to come: holes, people who left, overrides that do not count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .rotation import Rota


class Fault(StrEnum):
    """The kind of a finding."""

    GAP = "gap"
    LEFT = "left"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: from when to when, and about whom where it is about a person."""

    fault: Fault
    start: datetime
    end: datetime
    person: int | None = None


def findings(rota: Rota, start: datetime, end: datetime) -> list[Finding]:
    """Everything that is wrong from start to end, in the order in which it will be met.

    A time outside the hours that its plans cover is no gap: the next level of the ladder answers it. A time that a plan
    covers and for which nobody is there is one, and so is a time after the last plan has ended.
    """
    found = [*_gaps(rota, start, end), *_left(rota, start, end), *_idle(rota, start, end)]
    return sorted(found, key=lambda each: (each.start, each.fault, each.person or 0))


def _gaps(rota: Rota, start: datetime, end: datetime) -> Iterator[Finding]:
    for shift in rota.shifts(start, end):
        if shift.duty is None and _expected(rota, shift.start):
            yield Finding(Fault.GAP, shift.start, shift.end)


def _expected(rota: Rota, at: datetime) -> bool:
    """Whether somebody should be on call then: a plan covers it, or every layer that had begun has ended."""
    current = rota.in_force(at)
    return any(plan.covers(at) for plan in current) or bool(current and not any(plan.members for plan in current))


def _left(rota: Rota, start: datetime, end: datetime) -> Iterator[Finding]:
    """People who may no longer be on call and still stand in a plan that holds now or later."""
    plans = [*rota.in_force(start), *(plan for plan in rota.plans if start < plan.starts_at < end)]
    for person in sorted({member for plan in plans for member in plan.members} & rota.gone):
        yield Finding(Fault.LEFT, start, end, person)


def _idle(rota: Rota, start: datetime, end: datetime) -> Iterator[Finding]:
    """Overrides of people who will not be there at their beginning or end."""
    for each in rota.overrides:
        if start < each.end and each.start < end:
            begins = max(each.start, start)
            if not rota.available(each.person, begins) or _away_within(rota, each.person, begins, each.end):
                yield Finding(Fault.OVERRIDE, each.start, each.end, each.person)


def _away_within(rota: Rota, person: int, start: datetime, end: datetime) -> bool:
    return any(each.person == person and each.start < end and start < each.end for each in rota.absences)
