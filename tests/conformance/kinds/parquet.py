"""Test data of the kind parquet: clicks in two partitions, an e-mail in a text beside the declared columns."""

import itertools
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from portal.core.connectors.base import SystemConfig, Target
from tests.conformance.estate import Estate

SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "customer_id": pa.string(),
        "email": pa.dictionary(pa.int32(), pa.string()),
        "score": pa.int32(),
        "note": pa.struct({"text": pa.string()}),
        "embedding": pa.list_(pa.float32()),
    }
)


class ParquetEstate(Estate):
    """Half the files zstd, half snappy; the writer adds a file for each person."""

    people = 300
    needs_a_directory = False

    def plant(self) -> None:
        self.config = SystemConfig("lake", "parquet", {"root": str(self.folder)})
        settings = {
            "identifiers": {"email": "email", "customer_id": "customer_id"},
            "surrogate": "id",
            "vector_column": "embedding",
        }
        self.target = Target("clicks", settings)
        self.ids, self.random = itertools.count(), np.random.default_rng(42)
        half = [tuple(self.control(number).values()) for number in range(self.people)]
        self.put("day=1/a.parquet", half[::2], "zstd")
        self.put("day=2/b.parquet", [*half[1::2], (self.customer, self.email, 7)], "snappy")
        self.put("day=2/c.parquet", [(self.customer, self.email, 7)], "zstd")

    def put(self, name: str, people: list[tuple[str, str, int]], compression: str) -> None:
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
        path = self.folder / "clicks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), partial, compression=compression, row_group_size=100)
        partial.rename(path)

    def write(self, number: int) -> None:
        self.put(f"day=3/{number}.parquet", [tuple(self.control(number).values())], "zstd")

    def controls(self) -> set[tuple[str, str, int]]:
        tables = [pq.ParquetFile(path).read() for path in (self.folder / "clicks").rglob("*.parquet")]
        rows = itertools.chain.from_iterable(table.to_pylist() for table in tables)
        return {(row["customer_id"], row["email"], row["score"]) for row in rows if row["customer_id"] != self.customer}

    def everything(self) -> Iterator[bytes]:
        for path in (path for path in (self.folder / "clicks").rglob("*") if path.is_file()):
            data = path.read_bytes()
            yield data
            if data.startswith(b"PAR1"):
                yield str(pq.ParquetFile(path).read().to_pylist()).encode()

    def leak(self) -> None:
        """A compressed copy under another name, as a careless backup leaves it."""
        self.put("day=1/a.parquet.bak", [(self.customer, self.email, 7)], "zstd")

    def close(self) -> None:
        """The folder is pytest's own."""


ESTATE = ParquetEstate
