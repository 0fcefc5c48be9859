"""Where the marks of a chart of weekly medians go: two lines over the weeks, from zero up, in minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .response import Response, Spread

WIDTH, HEIGHT = 720.0, 180.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One median: its place in pixels from the top left, and its words."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Weekly:
    """Both lines, the highest value in minutes, and the ends of the first and the last week."""

    acknowledge: Sequence[Mark]
    resolve: Sequence[Mark]
    top: float
    start: datetime
    end: datetime
    width: float = WIDTH
    height: float = HEIGHT


def draw_weeks(weeks: Sequence[tuple[datetime, Response]]) -> Weekly | None:
    """Lay out the medians of some weeks, oldest first; None where no week has any."""
    both = [spread for _, each in weeks for spread in (each.acknowledge, each.resolve) if spread]
    if not both:
        return None
    top = max(_minutes(spread) for spread in both) or 1.0
    return Weekly(
        acknowledge=_line([each.acknowledge for _, each in weeks], top),
        resolve=_line([each.resolve for _, each in weeks], top),
        top=top,
        start=weeks[0][0],
        end=weeks[-1][0],
    )


def _line(spreads: Sequence[Spread | None], top: float) -> list[Mark]:
    """A mark for each week that has a median.

    >>> from datetime import timedelta
    >>> half = Spread(5, timedelta(minutes=30), timedelta(minutes=30))
    >>> _line([None, half, None], 60.0)
    [Mark(x=360.0, y=90.0, text='30 min, 5 incidents')]
    """
    step = WIDTH / max(len(spreads) - 1, 1)
    return [
        Mark(
            round(number * step, 1),
            round(HEIGHT * (1 - _minutes(spread) / top), 1),
            f"{_minutes(spread):g} min, {spread.count} incident{'' if spread.count == 1 else 's'}",
        )
        for number, spread in enumerate(spreads)
        if spread
    ]


def _minutes(spread: Spread) -> float:
    return round(spread.median.total_seconds() / 60, 1)
