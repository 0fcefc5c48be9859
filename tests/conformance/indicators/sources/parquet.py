"""Folders of Parquet files."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from portal.core.connectors.base import SystemConfig
from tests.conformance.indicators.planting import Place, Source, Table, cells

TYPES = {
    "integer": pa.int64(), "number": pa.float64(), "text": pa.string(), "boolean": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"), "naive_time": pa.timestamp("us"), "date": pa.date32(), "json": pa.string(),
}  # fmt: skip


class ParquetSource(Source):
    """Two files a dataset, so that no answer comes from one file alone."""

    label = "parquet"
    has = frozenset({"infinite_numbers"})

    def start(self) -> None:
        self.config = SystemConfig("lake", "parquet", {"root": str(self.folder)})

    def plant(self, name: str, table: Table) -> Place:
        folder = self.folder / name
        folder.mkdir()
        whole = arrow(table)
        half = whole.num_rows // 2
        for number, part in enumerate((whole.slice(0, half), whole.slice(half))):
            pq.write_table(part, folder / f"{number}.parquet")
        return Place(name)

    def close(self) -> None:
        """The folder is the suite's."""


def arrow(table: Table) -> pa.Table:
    """The table in Arrow's types; JSON as text, as files keep it."""
    schema = pa.schema([(name, TYPES[kind]) for name, kind in table.columns.items()])
    rows = [{name: _written(value) for name, value in row.items()} for row in cells(table)]
    return pa.Table.from_pylist(rows, schema=schema)


def _written(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


SOURCES = (ParquetSource,)
