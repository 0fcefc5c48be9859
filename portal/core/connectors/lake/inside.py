"""Looking inside Parquet files: every text, byte string and embedding, the footer's statistics and its notes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.core.connectors import scan

MAGIC = b"PAR1"


def hits_in(path: Path, needles: scan.Needles) -> int:
    """How often the needles occur in one file, decoded. Raises pa.ArrowException when it is not whole Parquet.

    Texts are read as dictionaries, so that a dictionary page's entries count even when no row uses them any more.
    """
    with pq.ParquetFile(path) as file:
        leaves = [file.schema.column(number).path for number in range(len(file.schema.names))]
    with pq.ParquetFile(path, read_dictionary=leaves) as file:
        hits = sum(scan.count(text, needles) for text in _footer(file))
        for number in range(file.num_row_groups):
            for column in file.read_row_group(number).columns:
                hits += sum(_hits(chunk, needles) for chunk in column.chunks)
    return hits


def is_parquet(path: Path) -> bool:
    """Whether a file starts as Parquet does, whatever its name (left-over and hidden copies too)."""
    with path.open("rb") as file:
        return file.read(4) == MAGIC


def _footer(file: pq.ParquetFile) -> Iterator[bytes]:
    """Minimum and maximum of every column chunk, and the key-value notes."""
    for key, value in (file.metadata.metadata or {}).items():
        if key != b"ARROW:schema":
            yield key + b" " + value
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        for column in range(group.num_columns):
            statistics = group.column(column).statistics
            if statistics is not None and statistics.has_min_max:
                yield _bytes(statistics.min) + b" " + _bytes(statistics.max)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _hits(array: pa.Array, needles: scan.Needles) -> int:
    """Search one array; nested ones are taken apart, embeddings are searched as their float32 bytes."""
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        return _hits(array.storage, needles)
    if pa.types.is_dictionary(kind):
        return _hits(array.dictionary, needles)
    if pa.types.is_struct(kind):
        return sum(_hits(part, needles) for part in array.flatten())
    if pa.types.is_map(kind):
        return _hits(array.keys, needles) + _hits(array.items, needles)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _hits(array.flatten(), needles)
    if pa.types.is_floating(kind):
        return scan.count(
            array.drop_null().cast(pa.float32(), safe=False).to_numpy(zero_copy_only=False).tobytes(), needles
        )
    if pa.types.is_nested(kind) or not _holds_text(kind):
        return 0
    return _hits_in_text(array, needles)


def _holds_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_binary_view(kind)
    )


def _hits_in_text(array: pa.Array, needles: scan.Needles) -> int:
    """Values that contain a needle, narrowed down by Arrow and then judged with the needles' covers."""
    binary = array.cast(pa.binary())
    suspects = set()
    for needle in needles.all:
        suspects.update(pc.indices_nonzero(pc.fill_null(pc.match_substring(binary, needle.value), False)).to_pylist())
    return sum(scan.count(binary[row].as_py(), needles) for row in suspects)
