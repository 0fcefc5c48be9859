"""What somebody may have meant: the nearest known word, and the usual names of other tools for our types."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 40  # characters; a longer word is no slip of the pen
TYPE_NAMES = {
    "str": "string", "varchar": "string", "char": "string", "character varying": "string", "keyword": "string",
    "longtext": "text", "clob": "text", "category": "enum", "guid": "uuid",
    "int4": "integer", "int32": "integer", "smallint": "integer", "long": "bigint", "int8": "bigint", "int64": "bigint",
    "real": "float", "float4": "float", "float32": "float", "float8": "double", "float64": "double",
    "numeric": "decimal", "money": "decimal", "logical": "boolean", "bit": "boolean",
    "timestamptz": "timestamp", "datetime64": "timestamp", "instant": "timestamp",
    "struct": "object", "record": "object", "dict": "object", "jsonb": "json", "list": "array", "binary": "bytes",
    "bytea": "bytes", "blob": "bytes", "embedding": "vector",
}  # fmt: skip


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that differs least from `word`, if it is near enough to be meant.

    >>> nearest("retention_day", ["retention_days", "residency"]), nearest("house_key", ["owner"])
    ('retention_days', None)
    """
    if len(word) > LONGEST:
        return None
    from difflib import get_close_matches  # only where something is wrong: `custody lint` starts without it

    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    return next(iter(get_close_matches(plain, list(known), n=1, cutoff=0.75)), None)


def nearest_type(word: str, known: Iterable[str]) -> str | None:
    """The type that another tool calls `word`, else the nearest one.

    >>> nearest_type("VARCHAR(20)", ["string"]), nearest_type("timestmp", ["timestamp"])
    ('string', 'timestamp')
    """
    plain = word.lower().partition("(")[0].strip()
    return plain if plain in set(known) else TYPE_NAMES.get(plain) or nearest(plain, known)
