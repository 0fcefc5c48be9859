"""How far the graph follows the events: which event it took in last, how many wait, how long the oldest has waited."""

from datetime import timedelta

from django.db import connection

from lineage_app.domain.window import GraphVersion
from lineage_app.models import Inbox, RawEvent
from portal.core.clock.services import now

_NEWEST = "SELECT last_value FROM lineage_app_rawevent_id_seq WHERE is_called"
_WAITING = "SELECT count(*), min(raw_id) FROM lineage_app_inbox WHERE failed_at IS NULL"


def graph_version() -> GraphVersion:
    """Return how far the graph has come by now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(({_NEWEST}), 0), waits.* FROM ({_WAITING}) waits")  # noqa: S608 - constants
        newest, waiting, first = cursor.fetchone()
    if first is None:
        return GraphVersion(newest)
    subject = Inbox.objects.filter(raw_id=first).order_by().values("subject")[:1]
    oldest = RawEvent.objects.filter(subject=subject, pk=first).order_by().values_list("received_at", flat=True).first()
    return GraphVersion(first - 1, waiting, max(now() - oldest, timedelta()) if oldest else timedelta())
