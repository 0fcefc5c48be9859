"""The RFC 8785 bytes of plain data (JSON Canonicalization Scheme), fast where nothing in it is special.

For ASCII text, integers and short decimals the scheme is what the standard library's own encoder writes with sorted
keys; everything else is left to `rfc8785`. A test holds the two against each other.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

_EXACT = 2**53 - 1  # beyond it RFC 8785 takes no integer, and writes a float's shortest digits


class _Special(Exception):
    """Something that the short way does not write."""


def canonical_form(data: Any) -> bytes:
    """The canonical bytes; raises rfc8785.CanonicalizationError for what JSON cannot hold.

    >>> canonical_form({"b": 1.0, "a": [True, None, "x"]})
    b'{"a":[true,null,"x"],"b":1}'
    """
    try:
        text = json.dumps(_plain(data), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    except (_Special, RecursionError):
        return rfc8785.dumps(data)
    return text.encode() if text.isascii() else rfc8785.dumps(data)


def _plain(value: Any) -> Any:
    """The same data with each number as ECMAScript writes it."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        if not all(type(key) is str for key in value):
            raise _Special
        return {key: _plain(inner) for key, inner in value.items()}
    if kind is list:
        return [_plain(inner) for inner in value]
    return _number(value)


def _number(value: Any) -> Any:
    if type(value) not in (int, float) or not -_EXACT <= value <= _EXACT:
        raise _Special
    if value == int(value):
        return int(value)
    if "e" in repr(value):
        raise _Special
    return value
