"""A column's distribution in SQL: a summary to make bins from, and rows by bin; both engines, one scan each.

Values are compared as double precision floats. NaN is taken out before `width_bucket`, which would count it in the top
bin; infinities fall into the ends. No row leaves the database: a summary is quantiles, extremes and, where a column
has only a few distinct values or is one of categories, those values that enough rows share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal.core.connectors.base import Reader

from ..domain.bins import FEW, PROBES, TOP, Categories, Numbers, by_deciles, by_width, may_be_few
from ..domain.psi import HISTOGRAM
from .base import CannotMeasure, Span
from .sql import clock, moment, quoted, shifted_now, time_column

SKEW = timedelta(seconds=60)
NUMBERS = (
    "smallint", "integer", "bigint", "numeric", "real", "double", "float", "decimal", "tinyint", "hugeint",
    "utinyint", "usmallint", "uinteger", "ubigint", "uhugeint",
)  # fmt: skip
CATEGORIES = ("text", "character", "varchar", "boolean", "enum", "uuid")
KEPT = 5  # a value that fewer rows share is nobody's category, and is not kept
LONGEST = 120  # characters of a category's name
PERSONAL_KEPT = 50  # of a personal column, a single value is kept only where so many rows share it


@dataclass(frozen=True, slots=True)
class Column:
    """A watched column in the rows that are looked at: `value` and `source` are safely quoted SQL."""

    name: str
    numeric: bool
    value: str
    source: str
    personal: bool = False


def column_of(reader: Reader, name: str, rows: str = "", *, personal: bool = False) -> Column:
    """Find the column in the dataset, of which `rows` (a WHERE clause) is looked at.

    Raises CannotMeasure where it is missing, of a type without a distribution, or personal text.
    """
    numeric = _is_number(reader.columns(), name)
    if personal and not numeric:
        raise CannotMeasure(
            f"The contract marks “{name}” as personal, so its values may not be kept as categories. "
            "Watch a column that is not personal, or one derived from it."
        )
    value = f"{quoted(name)}::{'float8' if numeric else 'text'}"
    return Column(name, numeric, value, f"{reader.relation}{rows}", personal)


def _is_number(columns: Mapping[str, str], name: str) -> bool:
    if not name:
        raise CannotMeasure("No column is named. Say `element:` under this SLO: the column whose values are watched.")
    if name not in columns:
        raise CannotMeasure(f"The dataset has no column “{name}”. Correct `element:` of this SLO.")
    kind = columns[name].lower()
    if kind.endswith("]") or not kind.startswith(NUMBERS + CATEGORIES):
        raise CannotMeasure(f"The column “{name}” is {columns[name]}; drift is of numbers, booleans and short texts.")
    return kind.startswith(NUMBERS)


def rows_within(reader: Reader, event_time: str, span: Span | timedelta | None) -> str:
    """The WHERE clause of the rows in a span of time, or so long before now; a row without a time is in none.

    Raises CannotMeasure where it is not clear which column holds the time.
    """
    if span is None:
        return ""
    columns = reader.columns()
    times = [event_time] if event_time else [each for each, kind in columns.items() if _is_time(kind)]
    if len(times) != 1:
        raise CannotMeasure("Say which column holds the event time (`event_time`), or leave the window out.")
    column = time_column(columns, times[0])
    if isinstance(span, timedelta):
        ends = [shifted_now(reader.dialect, columns[times[0]], by) for by in (-span, SKEW)]
    else:
        ends = [moment(columns[times[0]], each) for each in span]
    return f" WHERE {column} >= {ends[0]} AND {column} < {ends[1]}"


def _is_time(kind: str) -> bool:
    return kind.lower().startswith("timestamp")


def bins_of(reader: Reader, column: Column, method: str) -> Numbers | Categories:
    """Bins from the rows of now. Raises CannotMeasure where there is nothing to make them from."""
    return _numbers(reader, column, method) if column.numeric else _categories(reader, column)


def _numbers(reader: Reader, column: Column, method: str) -> Numbers:
    row = reader.row(_summary(column))
    if row["low"] is None:
        raise CannotMeasure(f"The column “{column.name}” holds no number to make a baseline from.")
    low, high = float(row["low"]), float(row["high"])
    if column.personal:
        return _personal(reader, column, list(row["quantiles"]))
    if method == HISTOGRAM:
        return by_width(low, high)
    return by_deciles(row["quantiles"], _few(reader, column, row["quantiles"], KEPT), low, high)


def _personal(reader: Reader, column: Column, quantiles: list[float]) -> Numbers:
    """Edges rounded to three digits, no extremes, single values only where many share them: nobody can be read off."""
    rounded = [float(f"{each:.3g}") for each in quantiles]
    few = _few(reader, column, quantiles, PERSONAL_KEPT)
    bins = by_deciles(rounded, few, None, None)
    return bins if few else Numbers(bins.edges, (), None, None)


def _few(reader: Reader, column: Column, quantiles: Sequence[float], kept: int) -> list[float]:
    """The distinct finite values where there are FEW or fewer, those that `kept` rows share; else none."""
    if not may_be_few(quantiles):
        return []
    row = reader.row(_distinct(column))
    values, rows = row["found"] or [], row["rows"] or []
    if len(values) > FEW:
        return []
    return [float(value) for value, count in zip(values, rows, strict=True) if count >= kept]


def _categories(reader: Reader, column: Column) -> Categories:
    names = reader.row(_top(column))["names"]
    if not names:
        raise CannotMeasure(
            f"No value of “{column.name}” is shared by {KEPT} rows, so there are no categories to compare."
        )
    return Categories(tuple(names))


def _values(column: Column) -> str:
    return f"(SELECT {column.value} AS value FROM {column.source}) AS looked_at"  # noqa: S608 - quoted by the reader


def _summary(column: Column) -> str:
    """The quantiles are values of the column, so that a tied one repeats exactly."""
    probes = ", ".join(str(each) for each in PROBES)
    return (
        f"SELECT min(value) AS low, max(value) AS high, "  # noqa: S608 - quoted by the reader
        f"percentile_disc(ARRAY[{probes}]) WITHIN GROUP (ORDER BY value) AS quantiles "
        f"FROM {_values(column)} WHERE {FINITE}"
    )


def _distinct(column: Column) -> str:
    grouped = f"SELECT value, count(*) AS n FROM {_values(column)} WHERE {FINITE} GROUP BY value LIMIT {FEW + 1}"  # noqa: S608
    return f"SELECT array_agg(value) AS found, array_agg(n) AS rows FROM ({grouped}) AS grouped"  # noqa: S608 - quoted


def _top(column: Column) -> str:
    shared = f"HAVING count(*) >= {KEPT} AND length(value) <= {LONGEST}"
    grouped = (
        f"SELECT value, count(*) AS n FROM {_values(column)} WHERE value IS NOT NULL "  # noqa: S608 - quoted
        f"GROUP BY value {shared} ORDER BY n DESC, value LIMIT {TOP}"
    )
    return f"SELECT array_agg(value ORDER BY n DESC, value) AS names FROM ({grouped}) AS grouped"  # noqa: S608 - quoted


FINITE = "value > '-Infinity'::float8 AND value < 'Infinity'::float8"  # NaN is above every number in both engines


def tally(reader: Reader, column: Column, bins: Numbers | Categories) -> tuple[Any, dict[int, int]]:
    """The engine's clock in seconds, and rows by stretch or place; -1 is NULL and NaN."""
    inner = _stretches(reader.dialect, column, bins) if isinstance(bins, Numbers) else _places(column, bins)
    row = reader.row(
        f"SELECT {clock(reader.dialect)} AS clock, array_agg(place) AS places, array_agg(n) AS rows "  # noqa: S608
        f"FROM ({inner}) AS counted"
    )
    pairs = zip(row["places"] or [], row["rows"] or [], strict=True)
    return row["clock"], {int(place): int(rows) for place, rows in pairs}


def _stretches(dialect: str, column: Column, bins: Numbers) -> str:
    place = _bucket(dialect, bins.cuts)
    usable = "value < 'NaN'::float8"
    return (
        f"SELECT CASE WHEN {usable} THEN {place} ELSE -1 END AS place, count(*) AS n "  # noqa: S608 - quoted
        f"FROM {_values(column)} GROUP BY 1"
    )


def _bucket(dialect: str, cuts: Sequence[float]) -> str:
    """How many cuts lie at or below the value; DuckDB has no `width_bucket`, and tests a chain of CASE at speed."""
    if dialect == "postgres":
        return f"width_bucket(value, '{{{','.join(repr(each) for each in cuts)}}}'::float8[])"
    steps = "".join(f" WHEN value < '{each!r}'::float8 THEN {place}" for place, each in enumerate(cuts))
    return f"(CASE{steps} ELSE {len(cuts)} END)"


def _places(column: Column, bins: Categories) -> str:
    """Rows by category first, so that each distinct value is looked up once."""
    known = ", ".join(f"({_literal(name)}, {place})" for place, name in enumerate(bins.names))
    grouped = f"SELECT value, count(*) AS n FROM {_values(column)} GROUP BY value"  # noqa: S608 - quoted
    return (
        f"SELECT CASE WHEN grouped.value IS NULL THEN -1 ELSE coalesce(known.place, {len(bins.names)}) END AS place, "  # noqa: S608
        f"sum(grouped.n) AS n FROM ({grouped}) AS grouped LEFT JOIN (VALUES {known}) AS known(value, place) "
        "ON grouped.value = known.value GROUP BY 1"
    )


def _literal(text: str) -> str:
    """A SQL string, as both engines take it with standard strings on."""
    return "'" + text.replace("'", "''") + "'"
