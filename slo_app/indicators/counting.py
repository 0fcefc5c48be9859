"""Counting rows and distinct keys, in windows of event time or whole, in one statement each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.connectors.base import Reader

from ..domain.windows import Window
from .base import when
from .spans import within
from .sql import clock, quoted, time_column


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows, and the distinct values of the key among them (the rows themselves where there is no key)."""

    rows: int
    distinct: int
    without_time: int = 0


@dataclass(frozen=True, slots=True)
class InWindows:
    """What each window holds; rows without a time lie in none."""

    of: Mapping[Window, Counted]
    without_time: int


def clock_of(reader: Reader) -> Any:
    """The source's clock, in seconds since 1970."""
    return reader.row(f"SELECT {clock(reader.dialect)} AS clock")["clock"]


def in_windows(reader: Reader, element: str, key: str, asked: Sequence[Window]) -> InWindows:
    """Count in every window with one scan of the stretch that they span.

    Raises CannotMeasure where `element` is no time column of the dataset.
    """
    columns = reader.columns()
    column = time_column(columns, element)
    kind = columns[element]
    each = ", ".join(_counts(key, within(column, kind, window), str(n)) for n, window in enumerate(asked))
    near = " OR ".join(within(column, kind, span) for span in _spans(asked))
    row = reader.row(
        f"SELECT {each}, count(*) FILTER (WHERE {column} IS NULL) AS timeless "  # noqa: S608 - names are quoted
        f"FROM {reader.relation} WHERE {near} OR {column} IS NULL"
    )
    of = {window: Counted(int(row[f"rows_{n}"]), int(row[f"keys_{n}"])) for n, window in enumerate(asked)}
    return InWindows(of, int(row["timeless"]))


def rows_of(reader: Reader, key: str) -> tuple[Any, Counted]:
    """The source's clock and the whole dataset, counted."""
    row = reader.row(
        f"SELECT {clock(reader.dialect)} AS clock, {_counts(key, 'TRUE', 'all')} FROM {reader.relation}"  # noqa: S608 - quoted
    )
    return row["clock"], Counted(int(row["rows_all"]), int(row["keys_all"]))


def totals_in_windows(reader: Reader, element: str, column: str, asked: Sequence[Window]) -> dict[Window, int | None]:
    """The sum of a column over the rows of each window; None where a window has no row that states one."""
    columns = reader.columns()
    time, kind, total = time_column(columns, element), columns[element], quoted(column)
    each = ", ".join(
        f"sum({total}) FILTER (WHERE {within(time, kind, window)}) AS total_{n}" for n, window in enumerate(asked)
    )
    near = " OR ".join(within(time, kind, span) for span in _spans(asked))
    row = reader.row(f"SELECT {each} FROM {reader.relation} WHERE {near}")  # noqa: S608 - names are quoted
    return {window: _whole_number(row[f"total_{n}"]) for n, window in enumerate(asked)}


def total_of(reader: Reader, column: str) -> int | None:
    """The sum of a column; None where no row states one."""
    return _whole_number(reader.row(f"SELECT sum({quoted(column)}) AS total FROM {reader.relation}")["total"])  # noqa: S608 - quoted


def oldest_of(reader: Reader, element: str) -> datetime | None:
    """The oldest event time; None where there is none."""
    column = time_column(reader.columns(), element)
    found = reader.row(f"SELECT extract(epoch FROM min({column})) AS oldest FROM {reader.relation}")["oldest"]  # noqa: S608 - quoted
    return None if found is None or not math.isfinite(found) else when(found)


def _counts(key: str, condition: str, name: str) -> str:
    distinct = f"count(DISTINCT {quoted(key)})" if key else "count(*)"
    return f"count(*) FILTER (WHERE {condition}) AS rows_{name}, {distinct} FILTER (WHERE {condition}) AS keys_{name}"


def _spans(asked: Sequence[Window]) -> list[Window]:
    """Windows that touch one another joined into one, so that the engine has few ranges to look for."""
    joined: list[Window] = []
    for window in sorted(asked):
        if joined and window.start <= joined[-1].end:
            joined[-1] = Window(joined[-1].start, max(joined[-1].end, window.end))
        else:
            joined.append(window)
    return joined


def _whole_number(value: Any) -> int | None:
    return None if value is None else int(value)
