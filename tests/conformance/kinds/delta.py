"""Test data of the kind delta: clicks with statistics in the log, an older version, and a half-read change feed."""

import itertools
import re
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from portal.core.connectors.base import SystemConfig, Target
from tests.conformance.estate import Estate

CLEANED = re.compile(r"File not found: .*/_delta_log/\d+\.json")
SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "customer_id": pa.string(),
        "email": pa.string(),
        "score": pa.int32(),
        "note": pa.struct({"text": pa.string()}),
        "embedding": pa.list_(pa.float32()),
    }
)


class DeltaEstate(Estate):
    """Three commits, the middle one rewritten by a compaction, so that tombstoned files hold the subject too."""

    people = 200
    needs_a_directory = False
    properties: ClassVar[dict[str, str]] = {}
    partitions: ClassVar[list[str]] = []

    def plant(self) -> None:
        self.config = SystemConfig("lakehouse", "delta", {"root": str(self.folder)})
        settings = {
            "identifiers": {"email": "email", "customer_id": "customer_id"},
            "surrogate": "id",
            "vector_column": "embedding",
        }
        self.target = Target("clicks", settings)
        self.table = self.folder / "clicks"
        self.ids, self.random = itertools.count(), np.random.default_rng(42)
        half = [tuple(self.control(number).values()) for number in range(self.people)]
        self.put(half[::2])
        self.put([*half[1::2], (self.customer, self.email, 7)])
        DeltaTable(self.table).optimize.compact()
        self.put([(self.customer, self.email, 7)])

    def put(self, people: list[tuple[str, str, int]]) -> None:
        rows = [
            {
                "id": next(self.ids),
                "customer_id": customer,
                "email": email,
                "score": score,
                "note": {"text": f"mail to {email} bounced"},
                "embedding": self.random.random(32, dtype=np.float32).tolist(),
            }
            for customer, email, score in people
        ]
        write_deltalake(
            self.table,
            pa.Table.from_pylist(rows, SCHEMA),
            mode="append",
            partition_by=self.partitions or None,
            configuration=self.properties or None,
        )

    def write(self, number: int) -> None:
        """A writer that is told of a conflict, or that the log was cleaned under it, writes again: all have to."""
        while True:
            try:
                return self.put([tuple(self.control(number).values())])
            except CommitFailedError:
                continue
            except DeltaError as error:
                if not CLEANED.search(str(error)):
                    raise

    def controls(self) -> set[tuple[str, str, int]]:
        rows = pa.table(DeltaTable(self.table).scan()).to_pylist()
        return {(row["customer_id"], row["email"], row["score"]) for row in rows if row["customer_id"] != self.customer}

    def everything(self) -> Iterator[bytes]:
        for path in self.table.rglob("*"):
            yield path.name.encode()
            if path.is_file():
                data = path.read_bytes()
                yield data
                if data.startswith(b"PAR1"):
                    yield str(pq.ParquetFile(path).read().to_pylist()).encode()

    def leak(self) -> None:
        """A file that a writer which was killed before its commit left behind."""
        rows = [{"id": 1, "customer_id": self.customer, "email": self.email, "score": 7}]
        pq.write_table(pa.Table.from_pylist(rows), self.table / "part-00000-left.parquet", compression="zstd")

    def close(self) -> None:
        """The folder is pytest's own."""


class PartitionedDeltaEstate(DeltaEstate):
    """One partition a customer: their id is in paths, folders and the log, and a change feed is kept."""

    people = 12
    shapes = ("plain", "uuid", "unicode")  # a name of a folder is not long; by the e-mail alone it is not known
    partitions: ClassVar[list[str]] = ["customer_id"]
    properties: ClassVar[dict[str, str]] = {"delta.enableChangeDataFeed": "true"}


ESTATE = DeltaEstate
VARIANTS = (PartitionedDeltaEstate,)
