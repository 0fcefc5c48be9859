"""One byte form for each JSON value (RFC 8785), and the digest by which everything here is named.

Pure so that the same digest comes out in a web request, a worker and a command line without Django.

>>> canonical_bytes({"b": 1, "a": "é"})
b'{"a":"\\xc3\\xa9","b":1}'
>>> digest(b"")[:19]
'sha256:e3b0c44298fc'
"""

import hashlib
import re
from typing import Any

import rfc8785

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 bytes of a JSON value; raises ValueError for what JSON cannot carry exactly."""
    try:
        return rfc8785.dumps(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(
            f"This value has no canonical JSON form: {error}. Use text, integers, lists, objects."
        ) from error


def digest(data: bytes) -> str:
    """The name of some bytes: "sha256:" and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def is_digest(text: str) -> bool:
    """Whether `text` is a digest as `digest` writes it.

    >>> is_digest("sha256:12")
    False
    """
    return DIGEST.fullmatch(text) is not None


def has_float(value: Any) -> bool:
    """Whether a float hides anywhere in `value`; artifacts carry decimals as text, for readers in any language.

    >>> has_float({"a": [1, {"b": 0.5}]})
    True
    """
    if isinstance(value, dict):
        return any(has_float(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_float(item) for item in value)
    return isinstance(value, float)
