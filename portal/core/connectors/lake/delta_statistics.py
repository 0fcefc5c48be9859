"""Statistics of a rewritten file for the Delta log: of the columns that the old file had them for, and no others."""

import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SIMPLE = (pa.types.is_integer, pa.types.is_floating, pa.types.is_string, pa.types.is_date)
LONGEST = 32  # characters of a text, as Spark and delta-rs cut them; a longer one gets no bounds here


def statistics_of(path: Path, old: Mapping[str, Any]) -> str:
    """Rows, bounds and NULLs as the protocol's JSON; `old` is the replaced file's flattened entry.

    Bounds that cannot be told exactly (long texts, NaN, nested columns, times) are left out, which readers allow for.
    """
    with pq.ParquetFile(path) as file:
        columns = [name for name in file.schema_arrow.names if f"null_count.{name}" in old]
        table = file.read(columns=columns)
        rows = file.metadata.num_rows
    counts = {name: table[name].null_count for name in columns}
    bounded = {
        name: bounds for name in columns if old.get(f"min.{name}") is not None and (bounds := _bounds(table[name]))
    }
    stats = {
        "numRecords": rows,
        "minValues": {name: bounds[0] for name, bounds in bounded.items()},
        "maxValues": {name: bounds[1] for name, bounds in bounded.items()},
        "nullCount": counts,
    }
    return json.dumps(stats)


def _bounds(column: pa.ChunkedArray) -> tuple[Any, Any] | None:
    """Smallest and largest value in JSON's terms, or None."""
    kind = column.type
    simple = (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_string(kind) or pa.types.is_date(kind)
    )
    if not simple or column.null_count == len(column):
        return None
    ends = pc.min_max(column).as_py()
    low, high = _plain(ends["min"]), _plain(ends["max"])
    return None if low is None or high is None else (low, high)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value
