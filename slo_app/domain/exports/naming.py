"""Names and durations as OpenSLO v1 wants them: "General Schema" and "Custom Data Types" in its README."""

from __future__ import annotations

import re
from datetime import timedelta

LONGEST = 63  # RFC 1123, 2.1: a label of a host's name
_UNITS = (("w", timedelta(weeks=1)), ("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))


def dns_name(text: str, suffix: str) -> str:
    """A name of RFC 1123, at most 63 characters; `suffix` makes it unique and survives the cut.

    >>> dns_name("Shop/Órders (v2)", "12"), len(dns_name("x" * 300, "12")), dns_name("注文", "7")
    ('shop-rders-v2-12', 63, 'x-7')
    """
    room = LONGEST - len(suffix) - 1
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:room].strip("-")
    return f"{plain or 'x'}-{suffix}"


def shorthand(length: timedelta) -> str:
    """A duration in whole minutes, hours, days or weeks, rounded up: the shorthand has no seconds (`M` is months).

    >>> shorthand(timedelta(minutes=90)), shorthand(timedelta(seconds=30)), shorthand(timedelta(days=28))
    ('90m', '1m', '4w')
    """
    for letter, unit in _UNITS:
        if length and length % unit == timedelta(0):
            return f"{length // unit}{letter}"
    return f"{-(-length // timedelta(minutes=1))}m"
