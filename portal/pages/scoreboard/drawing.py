"""Where the marks of a target's trend go: one value a day, a line for the goal, holes where nothing was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from portal.core.web.times import duration

WIDTH, HEIGHT = 720.0, 160.0
MONTH = timedelta(days=31)
MINUTE_S = 60

PAGE_INK = {"line": "var(--accent)", "goal": "var(--ok)", "axis": "var(--line)", "text": "var(--muted)"}
PAPER_INK = {"line": "#1f4f82", "goal": "#1d6b3a", "axis": "#c3ccd4", "text": "#4a5560"}


@dataclass(frozen=True, slots=True)
class Trend:
    """All marks in pixels from the top left; `lines` are the points of polylines, broken where a day is missing."""

    lines: Sequence[str]
    dots: Sequence[tuple[float, float, str]]
    goal_y: float | None
    low: str
    high: str
    start: date
    end: date
    words: str
    width: float = WIDTH
    height: float = HEIGHT


def draw(values: Sequence[tuple[date, float | None]], *, unit: str, goal: float | None) -> Trend | None:
    """Lay out the values of some days, oldest first; None where fewer than two days have one.

    >>> days = [(date(2026, 1, day), value) for day, value in ((1, 50.0), (2, None), (3, 100.0))]
    >>> found = draw(days, unit="%", goal=95)
    >>> found.lines, [dot[:2] for dot in found.dots], found.goal_y
    ([], [(0.0, 80.0), (720.0, 0.0)], 8.0)
    """
    known = [(day, value) for day, value in values if value is not None]
    if len(known) < 2:
        return None
    start, end = values[0][0], values[-1][0]
    top = 100.0 if unit == "%" else max(value for _, value in known) * 1.1 or 1.0
    scale = WIDTH / max((end - start).days, 1)

    def place(day: date, value: float) -> tuple[float, float]:
        return round((day - start).days * scale, 1), round(HEIGHT * (1 - value / top), 1)

    runs = _runs(known)
    return Trend(
        lines=[" ".join("{},{}".format(*place(*each)) for each in run) for run in runs if len(run) > 1],
        dots=[(*place(day, value), said(value, unit)) for day, value in (*_lonely(runs), known[-1])],
        goal_y=None if goal is None else round(HEIGHT * (1 - goal / top), 1),
        low="0",
        high=said(top, unit),
        start=start,
        end=end,
        words=_words(known, unit),
    )


def said(value: float, unit: str) -> str:
    """A value with its unit.

    >>> said(97.5, "%"), said(240.0, "s"), said(0.41, "s")
    ('97.5 %', '4 min', '0.41 s')
    """
    if unit != "s":
        return f"{value:g} {unit}"
    return duration(timedelta(seconds=value)) if value >= MINUTE_S else f"{value:.3g} s"


def change(values: Sequence[tuple[date, float | None]], unit: str) -> str:
    """How far the last value is from that of a month before, or the oldest known of the month; empty without two.

    >>> change([(date(2026, 1, 1), 50.0), (date(2026, 1, 20), 75.0)], "%")
    '+25 points since 1 Jan'
    """
    known = [(day, value) for day, value in values if value is not None]
    if len(known) < 2:
        return ""
    day, last = known[-1]
    then, first = next((each for each in known if each[0] >= day - MONTH), known[0])
    if then == day:
        return ""
    moved = last - first
    since = f"since {then.day} {then:%b}"
    if not moved:
        return f"Level {since}"
    sign = "+" if moved > 0 else "-"
    size = said(abs(moved), unit) if unit == "s" else f"{abs(moved):.3g} points"
    return f"{sign}{size} {since}"


def _runs(known: Sequence[tuple[date, float]]) -> list[list[tuple[date, float]]]:
    """Days in a row without a hole."""
    runs = [[known[0]]]
    for before, this in pairwise(known):
        if (this[0] - before[0]).days > 1:
            runs.append([])
        runs[-1].append(this)
    return runs


def _lonely(runs: Sequence[Sequence[tuple[date, float]]]) -> list[tuple[date, float]]:
    """Days with a value between holes, which no line shows; the last one is drawn anyway."""
    return [run[0] for run in runs[:-1] if len(run) == 1]


def _words(known: Sequence[tuple[date, float]], unit: str) -> str:
    lowest, highest = min(value for _, value in known), max(value for _, value in known)
    (first, began), (last, ended) = known[0], known[-1]
    return (
        f"{len(known)} days from {first} ({said(began, unit)}) to {last} ({said(ended, unit)}); "
        f"lowest {said(lowest, unit)}, highest {said(highest, unit)}."
    )
