"""Keeping the history of looks in bounds: a partition a day, made ready in time and dropped whole.

Looks of a day without a partition lie in the one for the rest (a clock that jumped, a portal that was away): they are
moved when their day is made, and removed in small lots when they are too old.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from portal.core.clock.services import now

from ..models import Grain, Tally
from .spending import settle_idle

TABLE, REST = "slo_app_measurement", "slo_app_measurement_rest"
AHEAD = 3  # days made ready
LOT = 20_000
HOURS_KEPT = timedelta(days=40)  # a window of 30 days and what a page may compare it with
DAYS_KEPT = timedelta(days=800)
DAY = timedelta(days=1)
_NAME = re.compile(rf"{TABLE}_d(\d{{8}})")


def keep_house() -> None:
    """All of it; may run at any time, twice too."""
    today = now().date()
    for number in range(AHEAD + 1):
        prepare(today + number * DAY)
    drop_before(today - timedelta(days=settings.SLO_RAW_DAYS))
    _remove_tallies()
    settle_idle()


@transaction.atomic
def prepare(day: date) -> bool:
    """Make the partition of a day, with what the rest holds of it; False where it is there already."""
    if day in _days():
        return False
    name = f"{TABLE}_d{day:%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        cursor.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(
            f"WITH moved AS (DELETE FROM {REST} WHERE at >= %s AND at < %s RETURNING *)"  # noqa: S608 - own names
            f" INSERT INTO {name} SELECT * FROM moved",
            [day, day + DAY],
        )
        cursor.execute(
            f"ALTER TABLE {TABLE} ATTACH PARTITION {name}"
            f" FOR VALUES FROM ('{day:%Y-%m-%d} 00:00+00') TO ('{day + DAY:%Y-%m-%d} 00:00+00')"
        )
    return True


def drop_before(day: date) -> int:
    """Drop the partitions of earlier days, and remove what the rest holds of them; returns how many were dropped."""
    old = [each for each in _days() if each < day]
    for each in old:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute(f"DROP TABLE {TABLE}_d{each:%Y%m%d}")
    while _remove_lot(day):
        pass
    return len(old)


def _remove_lot(day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {REST} WHERE ctid IN (SELECT ctid FROM {REST} WHERE at < %s LIMIT %s)",  # noqa: S608 - as above
            [datetime(day.year, day.month, day.day, tzinfo=now().tzinfo), LOT],
        )
        return int(cursor.rowcount)


def _remove_tallies() -> None:
    present = now()
    for grain, kept in ((Grain.HOUR, HOURS_KEPT), (Grain.DAY, DAYS_KEPT)):
        old = Tally.objects.filter(grain=grain, start__lt=present - kept)
        while lot := list(old.values_list("pk", flat=True)[:LOT]):
            Tally.objects.filter(pk__in=lot).delete()


def _days() -> list[date]:
    """The days that have a partition."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [TABLE])
        found = (_NAME.fullmatch(name) for (name,) in cursor.fetchall())
    return sorted(datetime.strptime(match[1], "%Y%m%d").date() for match in found if match)  # noqa: DTZ007 - a date
