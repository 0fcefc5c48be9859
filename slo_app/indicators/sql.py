"""The little SQL that indicators share: quoted names, and "now" as each engine compares it with a column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .base import CannotMeasure

NOW = {"postgres": "statement_timestamp()", "duckdb": "now()"}


def quoted(name: str) -> str:
    """An identifier in double quotes, as both engines take it.

    >>> quoted('ti"me')
    '"ti""me"'
    """
    return '"' + name.replace('"', '""') + '"'


def clock(dialect: str) -> str:
    """The engine's own clock in seconds, read by the statement that reads the data."""
    return f"extract(epoch FROM {NOW[dialect]})"


def time_column(columns: dict[str, str], element: str) -> str:
    """The element as quoted SQL. Raises CannotMeasure where it is missing or holds no time."""
    if not element:
        raise CannotMeasure("No event-time column is named. Say `element:` under this SLO in the contract.")
    if element not in columns:
        raise CannotMeasure(f"The dataset has no column “{element}”. Correct `element:` in the contract.")
    if not columns[element].lower().startswith(("timestamp", "date")):
        raise CannotMeasure(f"The column “{element}” is {columns[element]}, not a time. Name another element.")
    return quoted(element)


def shifted_now(dialect: str, column_type: str, by: timedelta) -> str:
    """Now plus `by`, of the same type as the column so that no row is converted; a naive time is read as UTC."""
    shift = f"interval '{by.total_seconds():.0f} seconds'"
    base = NOW[dialect] if _aware(column_type) else f"({NOW[dialect]} AT TIME ZONE 'UTC')"
    return f"({base} + {shift})"


def moment(column_type: str, at: datetime) -> str:
    """A moment as a literal of the column's type; a naive time is UTC.

    >>> moment("timestamp", datetime(2026, 1, 1, 12, tzinfo=UTC))
    "TIMESTAMP '2026-01-01 12:00:00.000000'"
    """
    text = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return f"TIMESTAMPTZ '{text}+00'" if _aware(column_type) else f"TIMESTAMP '{text}'"


def _aware(column_type: str) -> bool:
    return "tz" in column_type.lower() or "with time zone" in column_type.lower()
