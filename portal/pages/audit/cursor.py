"""Reading the log piece by piece: which index gives the order, and what comes after an entry in it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from portal.core.evidence.models import Entry

BY_TIME = ("-created_at", "-pk")


def by_time(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    """The rows by the index of time: for a period that is over, before which by number everything newer is read."""
    return rows.order_by(*BY_TIME)


def after(rows: QuerySet[Entry], last: Entry) -> QuerySet[Entry]:
    """What comes after an entry in the order of the rows; times do not follow the numbers to the millisecond."""
    if rows.query.order_by != BY_TIME:
        return rows.filter(pk__lt=last.pk)
    at = last.created_at
    return rows.filter(Q(created_at__lt=at) | Q(pk__lt=last.pk), created_at__lte=at)
