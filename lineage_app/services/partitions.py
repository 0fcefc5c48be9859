"""Partitions of raw events: one a month, made ahead; odd times wait in the default partition."""

from datetime import date, datetime

from django.db import connection, transaction
from psycopg import sql

MONTHS_AHEAD = 3
_TABLE = "lineage_app_rawevent"
_MOVE = (
    "WITH moved AS (DELETE FROM {rest} WHERE event_month >= {start} AND event_month < {end} RETURNING *) "
    "INSERT INTO {part} SELECT * FROM moved"
)


def ensure_partitions(now: datetime, *, months_ahead: int = MONTHS_AHEAD) -> list[str]:
    """Make the partitions from last month to `months_ahead` months on, and return the names of the new ones."""
    first = date(now.year, now.month, 1)
    wanted = [month_shifted(first, months) for months in range(-1, months_ahead + 1)]
    return [name for month in wanted if (name := ensure_partition(month))]


def month_shifted(month: date, by: int) -> date:
    """Return the first day of the month that is `by` months later.

    >>> month_shifted(date(2026, 11, 1), 2)
    datetime.date(2027, 1, 1)
    """
    years, months = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, months + 1, 1)


def partition_of(month: date) -> str:
    """Return the name of the month's partition, made or not."""
    return f"{_TABLE}_{month.year:04d}_{month.month:02d}"


def tables() -> list[str]:
    """Return the names of all partitions, the default partition among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
            "WHERE inhparent = to_regclass(%s) ORDER BY relname",
            [_TABLE],
        )
        return [name for (name,) in cursor.fetchall()]


def stored_months(before: date) -> list[date]:
    """Return the months before `before` that have a partition, or events in the default partition, oldest first."""
    names = [name.removeprefix(f"{_TABLE}_") for name in tables()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT event_month FROM {_TABLE}_default")  # noqa: S608 - a constant
        odd = {month for (month,) in cursor.fetchall()}
    made = {date(int(name[:4]), int(name[5:]), 1) for name in names if name != "default"}
    return sorted(month for month in made | odd if month < before)


def ensure_partition(month: date) -> str:
    """Make the partition of `month`, moving what the default partition holds of it; "" when it is there already."""
    name = partition_of(month)
    names = {"table": sql.Identifier(_TABLE), "part": sql.Identifier(name), "rest": sql.Identifier(f"{_TABLE}_default")}
    bounds = {"start": sql.Literal(month), "end": sql.Literal(month_shifted(month, 1))}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_TABLE])
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is not None:
            return ""
        for statement in (
            "CREATE TABLE {part} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)",
            "LOCK TABLE {rest} IN ACCESS EXCLUSIVE MODE",
            _MOVE,
            "ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({start}) TO ({end})",
        ):
            cursor.execute(sql.SQL(statement).format(**names, **bounds).as_string(None))
    return name


def drop_partition(month: date) -> None:
    """Take the month's partition out of the table and remove it, in the caller's transaction.

    Waits three seconds at most for whoever reads the table, since new events wait behind it: then OperationalError,
    and nothing has changed.
    """
    names = {"table": sql.Identifier(_TABLE), "part": sql.Identifier(partition_of(month))}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        for statement in ("ALTER TABLE {table} DETACH PARTITION {part}", "DROP TABLE {part}"):
            cursor.execute(sql.SQL(statement).format(**names).as_string(None))
