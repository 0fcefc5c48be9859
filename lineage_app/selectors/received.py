"""The events of a run as they were received."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Func, QuerySet, TextField, Value

from lineage_app.models import ArchivedSubject, LineageArchive, RawEvent, Run
from portal.core.identity.selectors import token_names

LISTED = 100
_TYPE = Value(r'"eventType"\s*:\s*"([A-Za-z]+)"')


class Received(NamedTuple):
    """One event: its number, type (START, COMPLETE, …), event time, receipt, who brought it and how leniently."""

    number: int
    type: str
    event_time: datetime
    received_at: datetime
    token: str
    foreign: bool
    lenient: str
    size: int


def archived_in(run: Run) -> list[LineageArchive]:
    """Return the archives that hold events of the run, the newest first."""
    found = ArchivedSubject.objects.filter(subject=run.subject).values("archive")
    return list(LineageArchive.objects.filter(pk__in=found))


def received_events(run: Run) -> list[Received]:
    """Return the events of the run that are kept, in the order of their receipt, LISTED at most."""
    told = Func("body", _TYPE, function="substring", output_field=TextField())
    size = Func("body", function="octet_length")
    rows: QuerySet[Any] = RawEvent.objects.filter(subject=run.subject).order_by("received_at", "pk")
    found = list(
        rows.annotate(told=told, size=size).values_list(
            "pk", "told", "event_time", "received_at", "token_id", "is_foreign", "lenient", "size"
        )[:LISTED]
    )
    names = token_names({row[4] for row in found if row[4]})
    return [Received(row[0], row[1] or "not said", *row[2:4], names.get(row[4], ""), *row[5:]) for row in found]
