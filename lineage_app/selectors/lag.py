"""How far the graph has come: what is judged by the absence of an event must not look past it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from lineage_app.models import Inbox

COUNTED_AT_MOST = 100_000


class Lag(NamedTuple):
    """How many events wait to be projected (COUNTED_AT_MOST stands for that many or more), and the oldest one's age."""

    waiting: int
    oldest: timedelta


def projection_lag(at: datetime) -> Lag:
    """Return how far the graph is behind at `at`; its cost does not grow with the events kept, nor with a long line."""
    waiting = Inbox.objects.filter(failed_at=None).order_by()[:COUNTED_AT_MOST].count()
    return Lag(waiting, max(at - projected_until(at), timedelta(0)))


def projected_until(at: datetime) -> datetime:
    """Up to which time of receipt every event is in the graph: `at`, or when the oldest waiting one was received.

    What waits to be projected anew for another reason than its receipt does not count.
    """
    waiting = Inbox.objects.filter(failed_at=None, received_at__isnull=False).order_by("pk")
    oldest = waiting.values_list("received_at", flat=True).first()
    return min(at, oldest) if oldest else at
