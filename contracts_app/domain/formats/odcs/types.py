"""Types: the house format's words, ODCS's eleven logical types, and the physical type where it tells them apart."""

from __future__ import annotations

from contracts_app.domain.formats.odcs.names import since
from contracts_app.domain.formats.sql_types import house_type

# house type -> logical type, physical type that says which of several it was
_PAIRS: dict[str, tuple[str, str | None]] = {
    "string": ("string", None), "text": ("string", None), "enum": ("string", None), "uuid": ("string", "uuid"),
    "bytes": ("string", "bytes"), "integer": ("integer", None), "int": ("integer", "int"),
    "bigint": ("integer", "bigint"), "number": ("number", None), "float": ("number", "float"),
    "double": ("number", "double"), "decimal": ("number", "decimal"), "boolean": ("boolean", None),
    "bool": ("boolean", "bool"), "timestamp": ("timestamp", None), "datetime": ("timestamp", "datetime"),
    "date": ("date", None), "time": ("time", None), "object": ("object", None), "json": ("object", "json"),
    "array": ("array", None), "map": ("object", "map"), "vector": ("array", "vector"),
}  # fmt: skip
_BY_PAIR = {pair: kind for kind, pair in _PAIRS.items() if kind not in ("text", "enum")}
_NATIVE = ("map", "vector")  # logical types of 3.2, which need more than we say: a key and value, dimensions
NUMBERS = ("integer", "number")


def to_pair(kind: str, api: str, *, complete: bool = False) -> tuple[str, str | None]:
    """Logical and physical type; `complete` where a map's or vector's own settings are known.

    >>> to_pair("float", "v3.2.0"), to_pair("timestamp", "v3.0.2"), to_pair("map", "v3.2.0", complete=True)
    (('number', 'float'), ('date', 'timestamp'), ('map', None))
    """
    if kind in _NATIVE and complete and since(api, "v3.2.0"):
        return kind, None
    logical, physical = _PAIRS.get(kind, ("string", None))
    if logical in ("timestamp", "time") and not since(api, "v3.1.0"):
        return ("date" if logical == "timestamp" else "string"), physical or logical
    return logical, physical


def from_pair(logical: str, physical: str | None, *, listed: bool = False) -> str:
    """The house type; `listed` where the property enumerates its values.

    >>> from_pair("number", "DECIMAL(10,2)"), from_pair("string", None, listed=True), from_pair("map", None)
    ('decimal', 'enum', 'map')
    """
    base = (physical or "").lower().partition("(")[0].strip()
    if listed and logical == "string":
        return "enum"
    if (logical, base) in (("date", "timestamp"), ("string", "time")):
        return base
    found = _BY_PAIR.get((logical, base or None))
    guessed = house_type(physical) if physical else ""
    if found is None and guessed in _PAIRS and _PAIRS[guessed][0] == logical:
        return guessed
    return found or (logical if logical in _PAIRS else "string")


def logical_of(physical: str) -> str:
    """The logical type of an engine's type, where a document names only that one.

    >>> logical_of("timestamptz"), logical_of("float8"), logical_of("")
    ('timestamp', 'number', 'string')
    """
    return _PAIRS[house_type(physical)][0]
