"""Which targets the programme has and which points close its day: one file each, found by walking two folders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from portal.core.identity.policies import Act
from portal.core.identity.roles import Role
from portal.core.registry import Registry
from portal.pages.scoreboard.figures import Figure
from portal.pages.scoreboard.points import Point

Measure = Callable[[datetime], Figure]
Look = Callable[[Any, datetime], Point]
"""(the newest counted day or None, now) -> how the point stands."""


@dataclass(frozen=True, slots=True)
class Target:
    """One target: what is wanted, who answers for it, who is told when it is lost, and what to do then.

    `unit` is "%" or "s", and `counts` what a time is of, in words; `line` is the goal on the chart, None where the goal
    is a direction. `sees` is the act that one needs for its numbers, `lists` for the names of what is missing.
    `workstream` is the short name of its row in the RACI, whose accountable holder comes before `owner`.
    """

    key: str
    title: str
    goal: str
    order: int
    unit: str
    line: float | None
    owner: Role
    workstream: str
    alert: str
    runbook: tuple[str, ...]
    source: str
    sees: Act
    lists: Act
    measure: Measure
    counts: str = ""

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("scoreboard:target", args=[self.key])

    @property
    def rows_url(self) -> str:
        """The page of the room whose rows it counts."""
        name, _, query = self.source.partition("?")
        return f"{reverse(name)}?{query}" if query else reverse(name)


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """One point of the day-end checklist."""

    key: str
    title: str
    order: int
    look: Look


_targets: Registry[Target] = Registry("target", "portal.pages.scoreboard.targets")
_points: Registry[CheckPoint] = Registry("point of the checklist", "portal.pages.scoreboard.checklist")


def target(
    key: str,
    *,
    title: str,
    goal: str,
    order: int,
    owner: Role,
    workstream: str,
    alert: str,
    runbook: tuple[str, ...],
    source: str,
    unit: str = "%",
    counts: str = "",
    line: float | None = None,
    sees: Act = Act.READ,
    lists: Act = Act.READ,
) -> Callable[[Measure], Measure]:
    """Register the function below it (moment -> figure) as a target; `source` is the URL name of its rows."""

    def register(measure: Measure) -> Measure:
        made = Target(
            key, title, goal, order, unit, line, owner, workstream, alert, runbook, source, sees, lists, measure, counts
        )
        _targets.add(key, made, where=measure.__module__)
        return measure

    return register


def point(key: str, *, title: str, order: int) -> Callable[[Look], Look]:
    """Register the function below it (day, moment -> point) as a point of the checklist."""

    def register(look: Look) -> Look:
        _points.add(key, CheckPoint(key, title, order, look), where=look.__module__)
        return look

    return register


def targets() -> list[Target]:
    """Every target in its order."""
    return sorted(_targets.members().values(), key=lambda each: each.order)


def target_named(key: str) -> Target | None:
    """The target of that key."""
    return _targets.members().get(key)


def check_points() -> list[CheckPoint]:
    """Every point of the checklist in its order."""
    return sorted(_points.members().values(), key=lambda each: each.order)
