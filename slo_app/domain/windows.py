"""Windows of event time, and what was said of each: once past the lateness allowance, once more after late rows.

Windows do not overlap and begin at whole multiples of their width since 1970 in UTC (tumbling windows with a
watermark; Akidau et al., The Dataflow Model, VLDB 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LOOK_BACK = 12  # windows that late rows may still change
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A half-open stretch of event time."""

    start: datetime
    end: datetime

    def before(self, by: timedelta) -> Window:
        """The same stretch `by` earlier."""
        return Window(self.start - by, self.end - by)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one look counted in a window; `expected` is None where nothing says how many there should be."""

    window: Window
    expected: int | None
    ingested: int


def newest(clock: datetime, width: timedelta, lateness: timedelta) -> Window:
    """The last window that ended at least `lateness` before `clock`.

    >>> ten_past = datetime(2026, 1, 1, 12, 10, tzinfo=UTC)
    >>> newest(ten_past, timedelta(hours=1), timedelta(minutes=15)).end.hour
    11
    """
    if width <= timedelta(0) or lateness < timedelta(0):
        raise ValueError("A window needs a width, and a lateness allowance is never negative.")
    end = _EPOCH + ((clock - lateness - _EPOCH) // width) * width
    return Window(end - width, end)


def to_judge(last: Window, kept: Mapping[Window, Judged]) -> list[Window]:
    """The newest window and, of those before it, each since the oldest that was judged; oldest first.

    So a pause of the portal leaves no hole, and an SLO that was made just now judges nothing of before its time.
    """
    oldest = min(kept, default=last)
    return [window for window in changeable(last) if window >= oldest]


def changeable(last: Window) -> list[Window]:
    """Every window that late rows may still change, oldest first."""
    width = last.end - last.start
    return [last.before(n * width) for n in range(LOOK_BACK - 1, -1, -1)]
