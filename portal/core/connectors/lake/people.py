"""Which rows of a Parquet file are a subject's, and what they hold."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.core.connectors import spelling
from portal.core.connectors.base import ConnectorError, Identifier, Subject, Target


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a dataset: its partition's values, and what a table format adds to it.

    `known` are columns of the dataset that a file may lack (its rows are NULL there); `masked` are the positions of
    rows that a deletion vector marks: readers do not see them, and the bytes are there.
    """

    path: Path
    partitions: Mapping[str, str | None] = field(default_factory=dict)
    known: Set[str] = frozenset()
    masked: tuple[int, ...] = ()


def partition_values(path: Path, folder: Path) -> dict[str, str]:
    """What the `key=value` folders above a file say, values unescaped as Hive and Arrow escape them.

    >>> partition_values(Path("/lake/clicks/country=us/a.parquet"), Path("/lake/clicks"))
    {'country': 'us'}
    >>> partition_values(Path("/lake/clicks/email=ana%40example.com/a.parquet"), Path("/lake/clicks"))
    {'email': 'ana@example.com'}
    """
    parts = (part.partition("=") for part in path.relative_to(folder).parts[:-1])
    return {key: unquote(value) for key, sign, value in parts if sign}


def is_theirs(table: pa.Table, file: DataFile, target: Target, subject: Subject) -> pa.ChunkedArray | pa.Array:
    """A Boolean for each row: does it hold one of the subject's identifiers? Raises ConnectorError for no column."""
    mask = pa.array([False] * table.num_rows, pa.bool_())
    for kind, column in target.columns.items():
        if column in file.partitions:
            mask = pc.or_(mask, pa.scalar(subject.has(kind, file.partitions[column])))
        elif column in table.column_names:
            mask = pc.or_(mask, among(table[column], kind, subject.folded(kind)))
        elif column not in file.known:
            raise ConnectorError(
                "A file of the dataset lacks a column that its placement names; correct the placement."
            )
    if not target.columns:
        raise ConnectorError("No column is declared to hold an identifier; add one to the placement.")
    return mask


def among(column: pa.ChunkedArray, kind: str, values: Iterable[str]) -> pa.ChunkedArray:
    """`column IN values` (folded ones), both as text, without letter case where it does not count; NULL is False."""
    texts = pc.utf8_lower(as_text(column)) if spelling.is_caseless(kind) else as_text(column)
    return pc.fill_null(pc.is_in(texts, value_set=pa.array(list(values), pa.string())), fill_value=False)


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
            return without_views(file.read(columns=wanted))
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ConnectorError("A file of the dataset cannot be read as Parquet.", code=type(error).__name__) from None


def without_views(table: pa.Table) -> pa.Table:
    """The same rows with views of texts as plain texts: Arrow cannot filter views, and delta-rs writes some as such."""
    schema = pa.schema([each.with_type(_viewless(each.type)) for each in table.schema], table.schema.metadata)
    return table if schema.equals(table.schema) else table.cast(schema)


def _viewless(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_binary_view(kind):
        return pa.binary()
    if pa.types.is_struct(kind):
        return pa.struct([each.with_type(_viewless(each.type)) for each in kind])
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_viewless(kind.value_type)))
    return kind


def rows_of(file: DataFile, target: Target, subject: Subject) -> pa.Table:
    """The subject's rows that readers see in one file, with the columns that the placement names."""
    table = read(file.path, named_columns(target))
    theirs = is_theirs(table, file, target, subject)
    return table.filter(pc.and_(theirs, seen(table.num_rows, file)))


def seen(rows: int, file: DataFile) -> pa.Array:
    """A Boolean for each row: do readers see it?"""
    visible = np.ones(rows, dtype=bool)
    visible[list(file.masked)] = False
    return pa.array(visible)


def holding(files: Iterable[DataFile], target: Target, subject: Subject) -> Iterator[tuple[DataFile, pa.Table]]:
    """Files that hold the subject, with its rows. A file that vanishes meanwhile is passed over."""
    for file in files:
        try:
            rows = rows_of(file, target, subject)
        except FileNotFoundError:
            continue
        if rows.num_rows:
            yield file, rows


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


def values_of(file: DataFile, column: str) -> Iterator[str]:
    """The distinct values of one column that readers see in one file, as text."""
    if column in file.partitions:
        yield from filter(None, [file.partitions[column]])
        return
    table = read(file.path, [column])
    if column in table.column_names:
        visible = table.filter(seen(table.num_rows, file))
        yield from (value for value in pc.unique(as_text(visible[column])).to_pylist() if value is not None)


def map_rows(path: Path, columns: Mapping[str, str], identifier: Identifier) -> list[dict[str, Any]]:
    """Rows of an identity map that hold the identifier, as kind -> value, NULLs left out."""
    table = read(path, list(columns.values()))
    if columns[identifier.kind] not in table.column_names:
        return []
    wanted = [spelling.folded(identifier.kind, identifier.value)]
    rows = table.filter(among(table[columns[identifier.kind]], identifier.kind, wanted))
    texts = {kind: as_text(rows[name]).to_pylist() for kind, name in columns.items() if name in rows.column_names}
    return [
        {kind: values[row] for kind, values in texts.items() if values[row] is not None} for row in range(rows.num_rows)
    ]


def containing(column: pa.ChunkedArray, parts: Iterable[str]) -> set[str]:
    """Values of a column that contain one of the parts (in lower case), in any letter case."""
    texts = as_text(column)
    low = pc.utf8_lower(texts)
    found = (texts.filter(pc.fill_null(pc.match_substring(low, part), fill_value=False)) for part in parts)
    return {value for matching in found for value in matching.to_pylist()}
