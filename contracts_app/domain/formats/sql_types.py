"""The types of PostgreSQL, DuckDB and Arrow, and of most other engines, in the words of the house format."""

from __future__ import annotations

import re

_WORDS = {
    "uuid": "uuid", "json": "json", "jsonb": "json", "bool": "boolean", "boolean": "boolean", "date": "date",
    "date32[day]": "date", "bigint": "bigint", "int8": "bigint", "hugeint": "bigint", "int64": "bigint",
    "real": "float", "float": "float", "float4": "float", "double": "double", "double precision": "double",
    "float8": "double", "numeric": "decimal", "decimal": "decimal", "decimal128": "decimal", "decimal256": "decimal",
    "money": "decimal", "number": "number", "bytea": "bytes", "blob": "bytes", "binary": "bytes", "varbinary": "bytes",
    "large_binary": "bytes", "integer": "integer", "int": "integer", "vector": "vector", "halfvec": "vector",
    "bit": "bytes", "halffloat": "float",
}  # fmt: skip
_STARTS = (
    ("timestamp", "timestamp"), ("datetime", "timestamp"), ("time", "time"), ("struct", "object"), ("row", "object"),
    ("map", "map"), ("list", "array"), ("large_list", "array"), ("fixed_size_list", "array"), ("array", "array"),
    ("date", "date"), ("enum", "string"), ("int", "integer"), ("uint", "integer"), ("smallint", "integer"),
    ("tinyint", "integer"), ("utinyint", "integer"), ("usmallint", "integer"), ("uinteger", "integer"),
    ("ubigint", "bigint"), ("smallserial", "integer"), ("bigserial", "bigint"), ("serial", "integer"),
)  # fmt: skip


def house_type(physical: str) -> str:
    """The house type of an engine's type; `string` for what is not known.

    >>> [house_type(kind) for kind in ("timestamp with time zone", "numeric(10,2)", "text", "int4", "BIGINT", "text[]")]
    ['timestamp', 'decimal', 'string', 'integer', 'bigint', 'array']
    """
    word = physical.strip().lower()
    if word.endswith("]") and re.search(r"\[\d*\]$", word):
        return "array"
    base = re.split(r"[(<\[]", word)[0].strip()
    if base in _WORDS or word in _WORDS:
        return _WORDS.get(word) or _WORDS[base]
    return next((kind for start, kind in _STARTS if base.startswith(start)), "string")
