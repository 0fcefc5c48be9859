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
    wanted = [_shifted(first, months) for months in range(-1, months_ahead + 1)]
    return [name for month in wanted if (name := _ensure(month))]


def _shifted(month: date, by: int) -> date:
    years, months = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, months + 1, 1)


def _ensure(month: date) -> str:
    """Make the partition of `month`, moving what the default partition holds of it; "" when it is there already."""
    name = f"{_TABLE}_{month:%Y_%m}"
    names = {"table": sql.Identifier(_TABLE), "part": sql.Identifier(name), "rest": sql.Identifier(f"{_TABLE}_default")}
    bounds = {"start": sql.Literal(month), "end": sql.Literal(_shifted(month, 1))}
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
