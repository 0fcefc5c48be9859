"""Turning events away before they cost anything: 503 while too many wait, or while the disk cannot follow.

Clients send an event again after a 503 and drop it after a 429, so this is never 429. What is asked of the database is
remembered for a second, so an accepted event pays nothing for it.
"""

import time

from django.conf import settings
from django.db import connection

RETRY_AFTER_S = 2
LOOK_EVERY_S = 1.0
SLOW_S = 4.0
"""A write of one event that took longer: clients give up after five seconds, so the next are told at once."""
_WAITING = """
SELECT greatest(
    (SELECT count(*) FROM (SELECT FROM lineage_app_inbox WHERE failed_at IS NULL LIMIT %s) AS inbox),
    (SELECT count(*) FROM (SELECT FROM lineage_app_receipt LIMIT %s) AS receipts))
"""


class Overloaded(Exception):
    """Events are turned away for now; the text says why and when to come back."""


class _Seen:
    """What this process knows: whether the line was too long when it last looked, and until when writes are slow."""

    looked_at = float("-inf")
    too_long = False
    slow_until = float("-inf")


def check() -> None:
    """Raise Overloaded where an event should not be written now."""
    tick = time.monotonic()
    if tick < _Seen.slow_until:
        raise Overloaded(f"The database is slow just now. Send it again in {RETRY_AFTER_S} seconds.")
    if tick - _Seen.looked_at >= LOOK_EVERY_S:
        _Seen.looked_at = tick
        _Seen.too_long = waiting(settings.LINEAGE_WAITING_AT_MOST) >= settings.LINEAGE_WAITING_AT_MOST
    if _Seen.too_long:
        raise Overloaded(
            f"{settings.LINEAGE_WAITING_AT_MOST} events wait to be projected already. "
            f"Send it again in {RETRY_AFTER_S} seconds."
        )


def waiting(at_most: int) -> int:
    """Return how many events wait to be projected or counted, looking no further than `at_most`."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [at_most, at_most])
        return int(cursor.fetchone()[0])


def note(seconds: float) -> None:
    """Note how long a write took."""
    if seconds > SLOW_S:
        _Seen.slow_until = time.monotonic() + RETRY_AFTER_S


def look_anew() -> None:
    """Forget what was seen, so that the next check asks the database."""
    _Seen.looked_at = _Seen.slow_until = float("-inf")
