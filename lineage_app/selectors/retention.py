"""Which months of events are kept where, how far back one can ask, and what erasures took out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet

from lineage_app.models import LineageArchive, LineageHorizon, RedactionRecord
from portal.core.clock.services import now

_PARTITIONS = """
SELECT relname, greatest(reltuples, 0)::bigint, pg_total_relation_size(pg_class.oid)
FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'lineage_app_rawevent'::regclass
"""


@dataclass(frozen=True)
class KeptMonth:
    """A month of events; `events` of one in the database is what the planner believes, None where it never looked.

    `month` is None for the partition of odd times and of what came late for archived months.
    """

    month: date | None
    state: str
    events: int | None
    size: int
    archive: LineageArchive | None = None


def kept_months() -> list[KeptMonth]:
    """Return the months in the database and in archives, the newest first; a month can be in both, its late events."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS)
        stored = [_stored(name, count, size) for name, count, size in cursor.fetchall()]
    archived = [
        KeptMonth(row.month, "removed" if row.removed_at else "archived", row.events, row.size, row)
        for row in LineageArchive.objects.all()
    ]
    return sorted([*stored, *archived], key=lambda each: (each.month or date.min, each.state), reverse=True)


def archived_until() -> date:
    """Return the first month that is not due for an archive today."""
    return (now() - timedelta(days=settings.LINEAGE_RETENTION_DAYS)).date().replace(day=1)


def horizon_moves() -> QuerySet[LineageHorizon]:
    """Return when the horizon moved, the latest first."""
    return LineageHorizon.objects.order_by("-moved_at")


def redactions() -> QuerySet[RedactionRecord, dict[str, Any]]:
    """Return the erasures by reference: `events`, how many of them `archived`, `first` and `last`; the latest first."""
    counts = {"events": Count("pk"), "in_archives": Count("pk", filter=Q(archived=True))}
    times = {"first": Min("at"), "last": Max("at")}
    return RedactionRecord.objects.order_by().values("reference").annotate(**counts, **times).order_by("-last")


def archive_of(pk: int) -> LineageArchive | None:
    """Return an archive that is still there."""
    return LineageArchive.objects.filter(pk=pk, removed_at=None).first()


def _stored(name: str, count: int, size: int) -> KeptMonth:
    end = name.removeprefix("lineage_app_rawevent_")
    month = None if end == "default" else datetime.strptime(end, "%Y_%m").replace(tzinfo=UTC).date()
    return KeptMonth(month, "stored", count or None, size)
