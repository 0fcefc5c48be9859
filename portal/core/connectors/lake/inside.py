"""Looking inside files of a lake: Parquet's texts, bytes, embeddings, statistics and notes; a Delta log's JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.core.connectors import scan

MAGIC = b"PAR1"
JSON = {".json", ".crc"}
LAST = "_last_checkpoint"


def decoded_hits(path: Path, needles: scan.Needles) -> int:
    """Hits in one file by its own format; none where it has none that is known.

    Raises pa.ArrowException or ValueError when it is not whole.
    """
    if is_parquet(path):
        return hits_in(path, needles)
    return hits_in_json(path, needles) if path.suffix in JSON or path.name == LAST else 0


def hits_in_json(path: Path, needles: scan.Needles) -> int:
    """Hits in a file of JSON lines, with escapes and percent signs taken out, also in texts that are JSON again."""
    lines = (line for line in path.read_bytes().splitlines() if line.strip())
    return sum(
        scan.count(text.encode(errors="replace"), needles) for line in lines for text in _texts(json.loads(line))
    )


def _texts(value: Any) -> Iterator[str]:
    """Every text within a JSON value: keys, statistics (JSON in a text) and paths (escaped like addresses)."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield from _texts_in(value)
    elif value is not None:
        yield str(value)


def _texts_in(text: str) -> Iterator[str]:
    if text.startswith(("{", "[")):
        try:
            yield from _texts(json.loads(text))
        except ValueError:  # a text that only begins like JSON
            yield text
    else:
        yield unquote(text)


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
    low = _lowered(binary) if needles.fold else binary
    suspects = set()
    for needle in needles.all:
        looked_in = low if needle.caseless else binary
        found = pc.fill_null(pc.match_substring(looked_in, needle.value), False)
        suspects.update(pc.indices_nonzero(found).to_pylist())
    return sum(scan.count(binary[row].as_py(), needles) for row in suspects)


def _lowered(binary: pa.Array) -> pa.Array:
    """The same bytes with ASCII letters in lower case; a view as text, since they need not be valid UTF-8."""
    return pc.ascii_lower(binary.view(pa.string())).view(pa.binary())
