"""Times as people read them: absolute with the zone, and how long ago or how soon."""

from datetime import UTC, datetime, timedelta

STEPS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def absolute(moment: datetime) -> str:
    """Day, minute and zone.

    >>> absolute(datetime(2026, 11, 2, 9, 5, tzinfo=UTC))
    '2 Nov 2026, 09:05 UTC'
    """
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"


def duration(length: timedelta) -> str:
    """The two largest units.

    >>> duration(timedelta(hours=51, minutes=20)), duration(timedelta(minutes=4)), duration(timedelta(seconds=9))
    ('2 d 3 h', '4 min', '9 s')
    """
    rest, words = abs(length), []
    for step, unit in STEPS:
        count, rest = divmod(rest, step)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words[:2]) or f"{int(rest.total_seconds())} s"


def relative(moment: datetime, now: datetime) -> str:
    """How far `moment` lies from `now`.

    >>> relative(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 3, tzinfo=UTC))
    '3 min ago'
    >>> relative(datetime(2026, 1, 2, 5, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    'in 1 d 5 h'
    """
    gap = moment - now
    if abs(gap) < timedelta(seconds=5):
        return "just now"
    return f"{duration(gap)} ago" if gap < timedelta(0) else f"in {duration(gap)}"
