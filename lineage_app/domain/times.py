"""Event times: RFC 3339 as the specification wants it, and the departures that real producers send.

Lenience found in recorded events: no time zone (taken as UTC), nanoseconds (cut to microseconds), a blank
for the T.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?P<mark>[Tt ])(?P<clock>\d\d:\d\d(?::\d\d)?)"
    r"(?:[.,](?P<fraction>\d{1,12}))?\s?(?P<zone>[Zz]|[+-]\d\d:?\d\d|)(?:\[[\w/+-]+\])?\Z",
    re.ASCII,
)
_LONGEST_KEPT_FRACTION = 6


def event_time(text: str) -> tuple[datetime, tuple[str, ...]]:
    """Return the aware UTC time of an event and the marks of what was lenient about it.

    Raises ValueError with a sentence when the text is no time.

    >>> event_time("2026-03-01T10:00:00.123456789+01:00")
    (datetime.datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=datetime.timezone.utc), ('nanoseconds',))
    >>> event_time("2026-03-01T10:00:00")[1]
    ('no time zone',)
    """
    found = _TIME.match(text)
    if not found:
        raise ValueError(_sentence(text))
    fraction = (found["fraction"] or "")[:_LONGEST_KEPT_FRACTION].ljust(_LONGEST_KEPT_FRACTION, "0")
    clock = found["clock"] if len(found["clock"]) > 5 else f"{found['clock']}:00"
    try:
        naive = datetime.fromisoformat(f"{found['day']}T{clock}.{fraction}")
        moment = naive.replace(tzinfo=_zone(found["zone"])).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(_sentence(text)) from error
    return moment, _marks(found)


def _sentence(text: str) -> str:
    return f"eventTime {text[:60]!r} is not a time: send RFC 3339 with a zone, as 2026-03-01T10:00:00Z."


def _zone(text: str) -> timezone:
    if text in {"", "Z", "z"}:
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(offset if text[0] == "+" else -offset)


def _marks(found: re.Match[str]) -> tuple[str, ...]:
    marks = []
    if not found["zone"]:
        marks.append("no time zone")
    if len(found["fraction"] or "") > _LONGEST_KEPT_FRACTION:
        marks.append("nanoseconds")
    if found["mark"] == " ":
        marks.append("blank in time")
    return tuple(marks)
