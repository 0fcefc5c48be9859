"""Where the marks of a chart of measurements go: pure geometry, drawn as SVG by a template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

WIDTH, HEIGHT = 720.0, 200.0
GAP_FACTOR = 3  # a hole of more than three intervals breaks the line


@dataclass(frozen=True, slots=True)
class Dot:
    """One measurement: when, how much (None where it had no value), and whether it breached."""

    at: datetime
    value: float | None
    breach: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the time axis."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """All marks in pixels from the top left; `lines` are the points of polylines, broken at holes."""

    lines: Sequence[str]
    dots: Sequence[tuple[float, float]]
    breaches: Sequence[Span]
    target_y: float | None
    alert_y: float | None
    low: float
    high: float
    start: datetime
    end: datetime
    width: float = field(default=WIDTH)
    height: float = field(default=HEIGHT)


def draw(dots: Sequence[Dot], target: float | None, alert: float | None, interval_s: float) -> Chart | None:
    """Lay out measurements, oldest first, with a line for target and alert where there is one.

    None where there are fewer than two moments to span an axis, or nothing to span the other.
    """
    values = [each.value for each in dots] + [target, alert]
    known = [value for value in values if value is not None]
    if len(dots) < 2 or dots[0].at >= dots[-1].at or not known:
        return None
    low, high = _range(known)
    start, end = dots[0].at, dots[-1].at
    scale = WIDTH / (end - start).total_seconds()

    def x(at: datetime) -> float:
        return round((at - start).total_seconds() * scale, 1)

    def y(value: float) -> float:
        return round(HEIGHT * (high - value) / (high - low), 1)

    runs = [[(x(dot.at), y(dot.value)) for dot in run if dot.value is not None] for run in _runs(dots, interval_s)]
    return Chart(
        lines=[" ".join(f"{left},{top}" for left, top in run) for run in runs if len(run) > 1],
        dots=[run[0] for run in runs if len(run) == 1],
        breaches=[_span(x(first), x(last), interval_s * scale) for first, last in _breaches(dots)],
        target_y=None if target is None else y(target),
        alert_y=None if alert is None else y(alert),
        low=low,
        high=high,
        start=start,
        end=end,
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    """The values with a tenth of air on both sides, never below zero where no value is."""
    low, high = min(values), max(values)
    air = (high - low or abs(high) or 1.0) * 0.1
    return (max(0.0, low - air) if low >= 0 else low - air), high + air


def _runs(dots: Sequence[Dot], interval_s: float) -> Iterator[list[Dot]]:
    run: list[Dot] = []
    for dot in dots:
        hole = run and (dot.at - run[-1].at).total_seconds() > GAP_FACTOR * interval_s
        if run and (hole or dot.value is None):
            yield run
            run = []
        if dot.value is not None:
            run.append(dot)
    if run:
        yield run


def _breaches(dots: Sequence[Dot]) -> Iterator[tuple[datetime, datetime]]:
    for breach, group in groupby(dots, key=lambda dot: dot.breach):
        members = list(group)
        if breach:
            yield members[0].at, members[-1].at


def _span(first: float, last: float, one_interval: float) -> Span:
    """A breach lasts at least until the next look, but not past the edge."""
    right = min(WIDTH, max(last, first + max(one_interval, 2.0)))
    return Span(min(first, WIDTH - 2.0), round(max(right - first, 2.0), 1))
