"""Delta tables: written in several commits, partitioned, with a schema that grew and rows that were deleted."""

from __future__ import annotations

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from portal.core.connectors.base import SystemConfig
from tests.conformance.indicators.planting import Place, Source, Table
from tests.conformance.indicators.sources.parquet import arrow


class DeltaSource(Source):
    """Two commits, and between them one whose rows are deleted again; the last columns came with the second."""

    label = "delta"
    has = frozenset({"infinite_numbers"})

    def start(self) -> None:
        self.config = SystemConfig("lakehouse", "delta", {"root": str(self.folder)})

    def plant(self, name: str, table: Table) -> Place:
        place, whole = str(self.folder / name), arrow(table)
        parted = whole.append_column("part", pa.array([f"a b/{n % 2}" for n in range(whole.num_rows)], pa.string()))
        half = whole.num_rows // 2
        write_deltalake(place, parted.slice(0, half), partition_by=["part"])
        wrong = pa.concat_tables([parted.slice(0, 1)] * 3).set_column(
            parted.num_columns - 1, "part", pa.array(["gone"] * (3 if whole.num_rows else 0), pa.string())
        )
        write_deltalake(place, wrong, mode="append")
        DeltaTable(place).delete("part = 'gone'")
        write_deltalake(place, parted.slice(half), mode="append", schema_mode="merge")
        return Place(name)

    def close(self) -> None:
        """The folder is the suite's."""


SOURCES = (DeltaSource,)
