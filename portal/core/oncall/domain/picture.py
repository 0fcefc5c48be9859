"""The calendar of shifts as geometry: one row a rotation and week, a bar a shift; a template draws it as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .rotation import DAY, Shift, instant

WIDTH, ROW, GAP, LEFT, TOP = 700.0, 26.0, 6.0, 0.0, 22.0
COLOURS = ("accent", "info", "wait", "ok", "warn", "seal")
LETTER = 7.2  # about the width of a letter of 12 px


@dataclass(frozen=True, slots=True)
class Bar:
    """One shift, or the part of it that lies in one row. `tone` names a colour of the look, "bad" where nobody is."""

    x: float
    y: float
    width: float
    tone: str
    label: str
    title: str
    why: str

    @property
    def text_x(self) -> float:
        """Where its label begins."""
        return round(self.x + 5, 1)

    @property
    def text_y(self) -> float:
        """The base line of its label."""
        return self.y + ROW / 2 + 4


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars, the lines between days with their names, and the line of the present (None where it lies outside)."""

    bars: Sequence[Bar]
    days: Sequence[tuple[float, str]]
    weeks: Sequence[tuple[float, str]]
    now: tuple[float, float] | None
    width: float
    height: float
    row: float = ROW

    @property
    def now_end(self) -> float:
        """Where the line of the present ends."""
        return self.now[1] + self.row if self.now else 0.0


def draw(
    shifts: Sequence[Shift], names: dict[int, str], start: datetime, weeks: int, zone: ZoneInfo, at: datetime
) -> Picture:
    """Lay the shifts of one rotation out, a week a row from the Monday of `start` on; days are the zone's own."""
    monday = start.astimezone(zone).date()
    monday -= monday.weekday() * DAY
    order = {person: place for place, person in enumerate(sorted(names))}
    bars: list[Bar] = []
    labels: list[tuple[float, str]] = []
    present: tuple[float, float] | None = None
    for week in range(weeks):
        first = monday + week * 7 * DAY
        begin, end = (instant(day, datetime.min.time(), zone) for day in (first, first + 7 * DAY))
        y = TOP + week * (ROW + GAP)
        labels.append((y, f"{first:%-d %b}"))
        for shift in shifts:
            left, right = max(shift.start, begin), min(shift.end, end)
            if left < right:
                bars.append(_bar(shift, _x(left, begin, end), _x(right, begin, end), y, names, order, zone))
        if begin <= at < end:
            present = (_x(at, begin, end), y)
    days = [(round(WIDTH * n / 7, 1), name) for n, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))]
    return Picture(bars, days, labels, present, WIDTH, TOP + weeks * (ROW + GAP))


def _x(at: datetime, begin: datetime, end: datetime) -> float:
    return round(LEFT + WIDTH * ((at - begin) / (end - begin)), 1)


def _bar(
    shift: Shift, x: float, right: float, y: float, names: dict[int, str], order: dict[int, int], zone: ZoneInfo
) -> Bar:
    who = names[shift.duty.person] if shift.duty else "nobody"
    width = round(right - x, 1)
    tone = COLOURS[order[shift.duty.person] % len(COLOURS)] if shift.duty else "bad"
    span = f"{shift.start.astimezone(zone):%a %-d %b %H:%M} to {shift.end.astimezone(zone):%a %-d %b %H:%M}"
    return Bar(x, y, width, tone, _fitted(who, width), f"{who}, {span}", shift.duty.why if shift.duty else "")


def _fitted(name: str, width: float) -> str:
    """The name, its first word, its initials, or nothing, as there is room."""
    words = name.split()
    tried = (name, words[0] if words else "", "".join(word[0] for word in words))
    return next((text for text in tried if len(text) * LETTER + 8 <= width), "")


def weeks_from(start: datetime, weeks: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the Monday before `start` to the end of the last of `weeks` weeks, as instants."""
    monday = start.astimezone(zone).date()
    monday -= monday.weekday() * DAY
    midnight = datetime.min.time()
    return instant(monday, midnight, zone), instant(monday + timedelta(days=7 * weeks), midnight, zone)
