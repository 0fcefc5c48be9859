"""Which rows of a Parquet file are a subject's, and what they hold."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.core.connectors.base import ConnectorError, Identifier, Subject, Target


def partition_values(path: Path, folder: Path) -> dict[str, str]:
    """What the `key=value` folders above a file say.

    >>> partition_values(Path("/lake/clicks/country=us/a.parquet"), Path("/lake/clicks"))
    {'country': 'us'}
    """
    parts = (part.partition("=") for part in path.relative_to(folder).parts[:-1])
    return {key: value for key, sign, value in parts if sign}


def is_theirs(
    table: pa.Table, path: Path, folder: Path, target: Target, subject: Subject
) -> pa.ChunkedArray | pa.Array:
    """A Boolean for each row: does it hold one of the subject's identifiers? Raises ConnectorError for no column."""
    partitions = partition_values(path, folder)
    mask = pa.array([False] * table.num_rows, pa.bool_())
    for kind, column in target.columns.items():
        values = subject.values(kind)
        if column in partitions:
            mask = pc.or_(mask, pa.scalar(partitions[column] in values))
        elif column in table.column_names:
            mask = pc.or_(mask, among(table[column], values))
        else:
            raise ConnectorError(
                "A file of the dataset lacks a column that its placement names; correct the placement."
            )
    if not target.columns:
        raise ConnectorError("No column is declared to hold an identifier; add one to the placement.")
    return mask


def among(column: pa.ChunkedArray, values: Iterable[str]) -> pa.ChunkedArray:
    """`column IN values`, both as text; NULL is False."""
    return pc.fill_null(pc.is_in(as_text(column), value_set=pa.array(list(values), pa.string())), fill_value=False)


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as strings, whatever it was (dictionaries and numbers too)."""
    return column.cast(pa.string())


def named_columns(target: Target) -> list[str]:
    """The columns that discovering reads."""
    also = (target.settings.get("surrogate"), target.settings.get("vector_column"))
    return list(dict.fromkeys([*target.columns.values(), *filter(None, also)]))


def read(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A file's own columns (those asked for that it has). Raises ConnectorError when it is not readable Parquet."""
    try:
        with pq.ParquetFile(path) as file:
            wanted = None if columns is None else [name for name in columns if name in file.schema_arrow.names]
            return file.read(columns=wanted)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ConnectorError("A file of the dataset cannot be read as Parquet.", code=type(error).__name__) from None


def rows_of(path: Path, folder: Path, target: Target, subject: Subject) -> pa.Table:
    """The subject's rows in one file, with the columns that the placement names."""
    table = read(path, named_columns(target))
    return table.filter(is_theirs(table, path, folder, target, subject))


def keys_of(rows: pa.Table, target: Target) -> list[str]:
    """Surrogate keys of rows as text."""
    name = target.settings.get("surrogate")
    return [key for key in as_text(rows[name]).to_pylist() if key is not None] if name in rows.column_names else []


def vectors_of(rows: pa.Table, target: Target) -> Iterator[bytes]:
    """Embeddings of rows as little-endian float32."""
    name = target.settings.get("vector_column")
    for vector in rows[name].to_pylist() if name in rows.column_names else ():
        if vector:
            yield pa.array(vector, pa.float32()).buffers()[1].to_pybytes()[: 4 * len(vector)]


def map_rows(path: Path, columns: Mapping[str, str], identifier: Identifier) -> list[dict[str, Any]]:
    """Rows of an identity map that hold the identifier, as kind -> value, NULLs left out."""
    table = read(path, list(columns.values()))
    if columns[identifier.kind] not in table.column_names:
        return []
    rows = table.filter(among(table[columns[identifier.kind]], [identifier.value]))
    texts = {kind: as_text(rows[name]).to_pylist() for kind, name in columns.items() if name in rows.column_names}
    return [
        {kind: values[row] for kind, values in texts.items() if values[row] is not None} for row in range(rows.num_rows)
    ]


def containing(column: pa.ChunkedArray, parts: Iterable[str]) -> set[str]:
    """Values of a column that contain one of the parts."""
    texts = as_text(column)
    found = (texts.filter(pc.fill_null(pc.match_substring(texts, part), fill_value=False)) for part in parts)
    return {value for matching in found for value in matching.to_pylist()}
