"""How far the graph has come: what is judged by the absence of an event must not look past it."""

from datetime import datetime

from lineage_app.models import Inbox, RawEvent


def projected_until(at: datetime) -> datetime:
    """Up to which time of receipt every event is in the graph: `at`, or when the oldest waiting one was received."""
    oldest = Inbox.objects.filter(failed_at=None).order_by("pk").values_list("raw_id", flat=True).first()
    if oldest is None:
        return at
    received = RawEvent.objects.filter(pk=oldest).order_by().values_list("received_at", flat=True).first()
    return min(at, received) if received else at
