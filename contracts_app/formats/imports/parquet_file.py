"""A Parquet file that somebody uploads: only its footer is read, never a row."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from contracts_app.domain.formats.notes import FormatError, Imported
from contracts_app.formats.columns import MAX_COLUMNS, Column, fields_of, head_of, missing
from contracts_app.formats.drafting import draft
from contracts_app.formats.registry import import_format

MAX_BYTES = 32 * 1024 * 1024
_MAGIC = b"PAR1"
_DEEPEST = 12
_FOOTER = {"thrift_string_size_limit": 4 * 1024 * 1024, "thrift_container_size_limit": 200_000}


@import_format(
    "parquet_file",
    label="Parquet file",
    hint="One file of at most 32 MiB; only its footer is read. For a folder in a registered lake use Live table.",
    needs="file",
    detects=lambda _name, content: content[:4] == _MAGIC,
    order=50,
)
def from_parquet(content: bytes) -> Imported:
    """The draft of the file's schema."""
    if len(content) > MAX_BYTES:
        raise FormatError(f"The file has {len(content):,} bytes; at most {MAX_BYTES:,} (32 MiB) are read.")
    columns = _columns(content)
    fields, notes = fields_of(columns)
    data = head_of(None, "imported_file")
    data["schema"] = fields
    return draft(data, [*missing(data, fields), *notes], origin="the footer of a Parquet file")


def _columns(content: bytes) -> list[Column]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if content[:4] != _MAGIC or content[-4:] != _MAGIC:
        raise FormatError("This is no whole Parquet file: it must begin and end with PAR1.")
    try:
        schema = pq.ParquetFile(BytesIO(content), memory_map=False, pre_buffer=False, **_FOOTER).schema_arrow
    except (pa.ArrowException, OSError, ValueError):
        raise FormatError("The footer of this Parquet file cannot be read; write the file again.") from None
    if len(schema) > MAX_COLUMNS:
        raise FormatError(f"The file has {len(schema):,} columns; at most {MAX_COLUMNS:,} make a contract.")
    names = [str(name) for name in schema.names]
    if len(set(names)) < len(names):
        raise FormatError("Two columns of the file have one name; a contract needs each name once.")
    return [_column(field, 1) for field in schema]


def _column(field: Any, depth: int) -> Column:
    """One field; a struct with its own fields."""
    import pyarrow as pa

    if depth > _DEEPEST:
        raise FormatError(f"The file's columns are nested deeper than {_DEEPEST} levels.")
    kind = field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    inner: tuple[Column, ...] = ()
    if pa.types.is_struct(kind):
        inner = tuple(_column(kind.field(at), depth + 1) for at in range(kind.num_fields))
    required = None if field.nullable else True
    return Column(field.name, str(kind)[:200], required, fields=inner)
