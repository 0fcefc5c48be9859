"""When a system lets purges run that stop its readers or destroy its history: its declared maintenance windows.

Written as `sat,sun 01:00-05:00 Europe/Berlin`; several are parted by `;`. Days are those on which a window begins
(`daily`, `mon-fri`, `sat`), the times are wall-clock times of the IANA zone, and an end before the start lies on the
next day. When clocks are put forward or back a window keeps its wall-clock times, so it is an hour shorter or longer.
Pure: `now` is given, aware.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FORM = "write it as `sat,sun 01:00-05:00 Europe/Berlin`"
_SHAPE = re.compile(r"(?P<days>[a-z,-]+) (?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d) (?P<zone>[A-Za-z0-9_+/-]+)")
_FORTNIGHT = 14


class WindowRefused(ValueError):
    """A purge window that cannot be read; the sentence says how to write one."""


@dataclass(frozen=True)
class Window:
    """One weekly window: the days on which it begins (0 is Monday), its wall-clock times and their zone."""

    days: frozenset[int]
    start: time
    end: time
    zone: ZoneInfo

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """When the window that begins on `day` opens and closes, in UTC; None where none begins then."""
        if day.weekday() not in self.days:
            return None
        last = day if self.end > self.start else day + timedelta(days=1)
        return self._instant(day, self.start), self._instant(last, self.end)

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


def parse(text: str) -> tuple[Window, ...]:
    """The windows of a system's setting; none for an empty one. Raises WindowRefused.

    >>> [sorted(each.days) for each in parse("fri-sun 22:00-02:00 UTC; daily 03:00-03:30 UTC")]
    [[4, 5, 6], [0, 1, 2, 3, 4, 5, 6]]
    """
    return tuple(_window(part.strip()) for part in text.split(";") if part.strip())


def _window(text: str) -> Window:
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise WindowRefused(f"This purge window cannot be read; {FORM}.")
    try:
        start, end = time.fromisoformat(found["start"]), time.fromisoformat(found["end"])
        zone = ZoneInfo(found["zone"])
    except (ValueError, ZoneInfoNotFoundError):
        raise WindowRefused(f"A purge window names a time or a zone that does not exist; {FORM}.") from None
    if start == end:
        raise WindowRefused(f"A purge window must end at another time than it begins; {FORM}.")
    return Window(frozenset(_days(found["days"])), start, end, zone)


def _days(text: str) -> Iterator[int]:
    if text == "daily":
        yield from range(7)
        return
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise WindowRefused(f"A purge window names a day that is not one of {', '.join(DAYS)}; {FORM}.")
        begin = DAYS.index(first)
        length = (DAYS.index(last or first) - begin) % 7 + 1
        yield from ((begin + each) % 7 for each in range(length))


def is_open(windows: Iterable[Window], now: datetime) -> bool:
    """Whether a purge may begin now; without any window it may at every time."""
    windows = tuple(windows)
    return not windows or any(start <= now < end for start, end in _spans(windows, now))


def opens_at(windows: Iterable[Window], now: datetime) -> datetime:
    """When a purge may begin: now, or at the next opening, in UTC."""
    windows = tuple(windows)
    if is_open(windows, now):
        return now
    return min(start for start, _ in _spans(windows, now) if start > now)


def _spans(windows: Iterable[Window], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Openings from the day before `now` on; a fortnight holds every weekday of every zone at least once."""
    for window in windows:
        today = now.astimezone(window.zone).date()
        for ahead in range(-1, _FORTNIGHT):
            if span := window.on(today + timedelta(days=ahead)):
                yield span
