"""Types as engines spell them, read into families: PostgreSQL's `format_type` and DuckDB's DESCRIBE.

Sources: PostgreSQL 18 manual, chapter 8; DuckDB manual, "Data Types".
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Physical:
    """A column's type. `bits` is the width of whole and floating numbers; `scale` the decimals of exact ones."""

    spelled: str
    family: str
    bits: int | None = None
    scale: int | None = None
    zoned: bool = False


_POSTGRES: dict[str, tuple[str, int | None]] = {
    "smallint": ("integer", 16), "integer": ("integer", 32), "bigint": ("integer", 64),
    "real": ("float", 32), "double precision": ("float", 64), "numeric": ("decimal", None), "money": ("money", None),
    "text": ("text", None), "character varying": ("text", None), "character": ("text", None), "name": ("text", None),
    "citext": ("text", None), "xml": ("text", None), "boolean": ("boolean", None), "date": ("date", None),
    "timestamp without time zone": ("timestamp", None), "timestamp with time zone": ("timestamp", None),
    "time without time zone": ("time", None), "time with time zone": ("time", None), "interval": ("interval", None),
    "uuid": ("uuid", None), "json": ("json", None), "jsonb": ("json", None), "hstore": ("map", None),
    "bytea": ("bytes", None), "vector": ("vector", None), "halfvec": ("vector", None), "sparsevec": ("vector", None),
    "enum": ("enum", None),
}  # fmt: skip
_DUCKDB: dict[str, tuple[str, int | None]] = {
    "TINYINT": ("integer", 8), "SMALLINT": ("integer", 16), "INTEGER": ("integer", 32), "BIGINT": ("integer", 64),
    "HUGEINT": ("integer", 128), "UTINYINT": ("integer", 9), "USMALLINT": ("integer", 17), "UINTEGER": ("integer", 33),
    "UBIGINT": ("integer", 65), "UHUGEINT": ("integer", 129), "FLOAT": ("float", 32), "DOUBLE": ("float", 64),
    "DECIMAL": ("decimal", None), "VARCHAR": ("text", None), "ENUM": ("enum", None), "BOOLEAN": ("boolean", None),
    "DATE": ("date", None), "TIME": ("time", None), "TIME WITH TIME ZONE": ("time", None),
    "TIMESTAMP": ("timestamp", None), "TIMESTAMP_S": ("timestamp", None), "TIMESTAMP_MS": ("timestamp", None),
    "TIMESTAMP_NS": ("timestamp", None), "TIMESTAMP WITH TIME ZONE": ("timestamp", None),
    "INTERVAL": ("interval", None), "UUID": ("uuid", None), "JSON": ("json", None), "BLOB": ("bytes", None),
    "STRUCT": ("struct", None), "MAP": ("map", None), "LIST": ("array", None),
}  # fmt: skip
FAMILIES = {"postgres": _POSTGRES, "duckdb": _DUCKDB}
_DECIMAL = re.compile(r"\(\s*\d+\s*(?:,\s*(-?\d+)\s*)?\)")


def physical(dialect: str, spelled: str) -> Physical:
    """Read one type; its family is `unknown` where the table does not have it.

    >>> physical("postgres", "numeric(12,2)").scale, physical("duckdb", "FLOAT[384]").family
    (2, 'vector')
    """
    text = spelled.strip()
    if found := _nested(dialect, text):
        return Physical(spelled, found)
    bare = re.sub(r"\([^()]*\)", "", text)
    bare = re.sub(r"\s+", " ", bare).strip()
    family, bits = FAMILIES[dialect].get(bare if dialect == "postgres" else bare.upper(), ("unknown", None))
    return Physical(
        spelled, family, bits, _scale(text) if family == "decimal" else None, "with time zone" in text.lower()
    )


def _nested(dialect: str, text: str) -> str:
    """Arrays and DuckDB's types with parts of their own; a fixed-length array of floats is a vector."""
    if re.fullmatch(r"(?:FLOAT|DOUBLE)\[\d+\]", text):
        return "vector"
    if text.endswith("]"):
        return "array"
    head = text.split("(", 1)[0].strip()
    return FAMILIES["duckdb"][head][0] if dialect == "duckdb" and head in ("STRUCT", "MAP", "ENUM") else ""


def _scale(text: str) -> int | None:
    """Decimals of `numeric(12,2)`; 0 for `numeric(12)`; None for a bare `numeric`, which holds any number of them."""
    found = _DECIMAL.search(text)
    return None if found is None else int(found[1] or 0)
