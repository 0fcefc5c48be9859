"""Equality and places that all subjects share."""

from __future__ import annotations

from contracts_app.domain.model import Document


def same(one: object, other: object) -> bool:
    """Whether two authored values have one canonical form: 1 is 1.0, true is not 1, the order of keys does not count.

    >>> same({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}), same(True, 1)
    (True, False)
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def line_of(document: Document, *keys: str) -> int:
    """The line of the first of the keys that the document has, else the first line."""
    return next((spot.line for key in keys if (spot := document.spots.get(key))), 1)
