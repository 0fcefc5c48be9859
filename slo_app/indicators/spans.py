"""SQL of windows in time, shared by indicators that count within them."""

from __future__ import annotations

from datetime import datetime

from ..domain.windows import Window


def moment(at: datetime, column_type: str) -> str:
    """A moment as SQL of the column's own type, so that an index is used; a time without a zone is read as UTC.

    >>> from datetime import UTC
    >>> moment(datetime(1970, 1, 2, tzinfo=UTC), "timestamp without time zone")
    "(to_timestamp(86400.0) AT TIME ZONE 'UTC')"
    """
    text = f"to_timestamp({at.timestamp()!r})"
    aware = "tz" in column_type.lower() or "with time zone" in column_type.lower()
    return text if aware else f"({text} AT TIME ZONE 'UTC')"


def within(column: str, column_type: str, window: Window) -> str:
    """Whether the quoted column lies in the window: from its start, up to but without its end."""
    return f"{column} >= {moment(window.start, column_type)} AND {column} < {moment(window.end, column_type)}"
