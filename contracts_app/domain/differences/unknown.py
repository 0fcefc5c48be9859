"""Changes of keys that the format does not know, and of the extensions: kept, hashed, and never taken for harmless."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from contracts_app.domain.changes import Change, change
from contracts_app.domain.differences.values import line_of, same
from contracts_app.domain.model import Document

_ABSENT = object()


def unknown(old: Document, new: Document) -> Iterator[Change]:
    """One change for each key that differs; inside `extensions` and other mappings, for the innermost."""
    before, after = ({**each.unknown, "extensions": each.extensions} for each in (old, new))
    for path in sorted(before.keys() | after.keys()):
        line = line_of(new, path, path.split(".")[0])
        for inner, one, other in _leaves(path, before.get(path, _ABSENT), after.get(path, _ABSENT)):
            said = f"`{inner}` changed; the format does not know what it promises."
            yield change(inner, "unknown.changed", said, line, old=_json(one), new=_json(other))


def _leaves(path: str, one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            yield from _leaves(f"{path}.{key}", one.get(key, _ABSENT), other.get(key, _ABSENT))
    elif not same(one, other):
        yield path, one, other


def _json(value: Any) -> str:
    return "" if value is _ABSENT else json.dumps(value, ensure_ascii=False)[:200]
