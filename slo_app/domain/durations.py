"""Durations as contracts write them and as people read them."""

from __future__ import annotations

import re
from datetime import timedelta

_TEXT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)[a-z]*\s*")
_RHYTHMS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "nightly": timedelta(days=1),
    "weekly": timedelta(weeks=1),
}
_SECONDS = {"s": 1, "m": 60, "": 60, "h": 3600, "d": 86_400}


def parse(text: str) -> timedelta:
    """A duration such as `24h`, `28d` or `60` (minutes). Raises ValueError for anything else.

    >>> parse("24h") == timedelta(days=1), parse("60") == timedelta(hours=1), parse("15 min")
    (True, True, datetime.timedelta(seconds=900))
    """
    found = _TEXT.fullmatch(text.lower())
    if not found:
        raise ValueError(f"“{text}” is no duration; write for example 60, 24h or 28d.")
    return timedelta(seconds=float(found[1]) * _SECONDS[found[2]])


def every(schedule: str) -> timedelta | None:
    """The rhythm that a schedule such as `hourly`, `daily` or `every 5 min` asks for; None for what says none.

    >>> every("daily") == timedelta(days=1), every("every 5 min"), every("when the moon is full")
    (True, datetime.timedelta(seconds=300), None)
    """
    text = schedule.strip().lower()
    if text in _RHYTHMS:
        return _RHYTHMS[text]
    try:
        found = parse(text.removeprefix("every").strip())
    except ValueError:
        return None
    return found or None


def words(duration: timedelta) -> str:
    """The two largest units, for people.

    >>> words(timedelta(minutes=5)), words(timedelta(hours=26, minutes=5)), words(timedelta(0))
    ('5 min', '1 d 2 h', '0 s')
    """
    left = int(duration.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
