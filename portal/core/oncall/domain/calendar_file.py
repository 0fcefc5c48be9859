"""Shifts as an iCalendar file (RFC 5545), for calendar programs that subscribe to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One entry; `key` stays the same as long as the shift does."""

    key: str
    start: datetime
    end: datetime
    title: str
    url: str


def write(name: str, events: Iterable[Event], at: datetime) -> bytes:
    """The file: CRLF line ends, lines of at most 75 octets, text escaped."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Custody//On call//EN", f"X-WR-CALNAME:{escaped(name)}"]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.key}@custody",
            f"DTSTAMP:{_utc(at)}",
            f"DTSTART:{_utc(event.start)}",
            f"DTEND:{_utc(event.end)}",
            f"SUMMARY:{escaped(event.title)}",
            f"URL:{event.url}",
            "END:VEVENT",
        ]
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def escaped(text: str) -> str:
    """Text as 3.3.11 wants it.

    >>> print(escaped("a,b;c" + chr(10) + "d"))
    a\\,b\\;c\\nd
    """
    for char, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(char, written)
    return text


def folded(line: str) -> str:
    """The line cut into pieces of at most 75 octets, never within a character (3.1)."""
    pieces, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            pieces.append(" ")
            size = 1
        pieces[-1] += char
        size += width
    return "\r\n".join(pieces)


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
