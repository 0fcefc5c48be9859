"""How YAML 1.1 reads a plain word: the resolution table of its type repository, narrowed to what JSON can hold.

YAML 1.1 rather than 1.2, because that is what the pipelines' own tools (PyYAML, and Jinja-fed tools on top) read: a
contract must mean the same thing everywhere.
"""

from __future__ import annotations

import math
import re

_NUMBER_STARTS = frozenset("+-.0123456789")
_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}
_FALSE = {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}
_INT = re.compile(
    r"[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"
)
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+][0-9]+)?")
LONGEST_NUMBER = 400  # characters; a longer one has no exact value anyway and would only cost time
LARGEST_EXACT = 2**53 - 1  # RFC 8785 numbers are IEEE doubles


def resolve(raw: str) -> object:
    """The value of a plain scalar.

    >>> [resolve(word) for word in ("NO", "1.10", "1_000", "12:30", "", "us-only")]
    [False, 1.1, 1000, 750, None, 'us-only']
    """
    if raw in _NULL:
        return None
    if raw in _TRUE or raw in _FALSE:
        return raw in _TRUE
    if raw[0] not in _NUMBER_STARTS:
        return raw
    read = _integer if _INT.fullmatch(raw) else _float if _FLOAT.fullmatch(raw) else None
    if read is None:
        return raw
    return read(raw) if len(raw) <= LONGEST_NUMBER else math.inf


def reads_as_written(raw: str) -> bool:
    """Whether a number means what its digits say; `010` is 8 and `12:30` is 750 in YAML 1.1.

    >>> reads_as_written("365"), reads_as_written("010"), reads_as_written("1_000")
    (True, False, False)
    """
    return bool(_DECIMAL.fullmatch(raw))


def is_portable_number(value: float) -> bool:
    """Whether RFC 8785 can write the number: finite, and an integer no larger than 2**53 - 1."""
    if isinstance(value, float):
        return math.isfinite(value)
    return abs(value) <= LARGEST_EXACT


def quoted(text: str) -> str:
    """The text in double quotes, safe to stand anywhere in a YAML document.

    >>> quoted('> 20 "a"')
    '"> 20 \\\\"a\\\\""'
    """
    out = text.replace("\\", "\\\\").replace('"', '\\"')
    out = out.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f'"{"".join(_printable(char) for char in out)}"'


def _printable(char: str) -> str:
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def _integer(raw: str) -> int:
    digits = raw.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    if ":" in digits:
        return sign * int(_sexagesimal(digits))
    if digits.startswith(("0b", "0x")):
        return sign * int(digits, 0)
    if len(digits) > 1 and digits.startswith("0"):
        return sign * int(digits, 8)
    return sign * int(digits)


def _float(raw: str) -> float:
    digits = raw.replace("_", "").lower()
    sign = -1.0 if digits.startswith("-") else 1.0
    digits = digits.lstrip("+-")
    if digits == ".inf":
        return sign * math.inf
    if digits == ".nan":
        return math.nan
    return sign * (_sexagesimal(digits) if ":" in digits else float(digits))


def _sexagesimal(digits: str) -> float:
    total = 0.0
    for part in digits.split(":"):
        total = total * 60 + float(part)
    return total
