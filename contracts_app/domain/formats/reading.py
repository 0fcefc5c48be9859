"""A foreign text, YAML or JSON, as plain data: bounded in size and depth, and refused by a sentence that says where.

YAML is read by the contract's own reader (no aliases, tags, merge keys or duplicate keys), JSON by the standard
library with the same limits. Nothing named in the text is opened or fetched.
"""

from __future__ import annotations

import json
from typing import Any

from contracts_app.domain.formats.notes import FormatError
from contracts_app.domain.scalars import is_portable_number
from contracts_app.domain.source import MAX_BYTES, MAX_DEPTH, read

_DEEPEST_JSON = 60  # a JSON Schema nests two levels a property; the contract made of it is checked for its own depth


def read_data(content: bytes) -> dict[str, Any]:
    """The mapping in the text; raises FormatError.

    >>> read_data(b'{"a": [1, 2.5]}'), read_data(b"a: [1, 2.5]")
    ({'a': [1, 2.5]}, {'a': [1, 2.5]})
    """
    if len(content) > MAX_BYTES:
        raise FormatError(f"The file has {len(content):,} bytes; at most {MAX_BYTES:,} (1 MiB) are read.")
    if not content.strip():
        raise FormatError("The file is empty.")
    return _json(content) if is_json(content) else _yaml(content)


def is_json(content: bytes) -> bool:
    """Whether the text looks like a JSON object."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def _yaml(content: bytes) -> dict[str, Any]:
    source = read(content)
    broken = [found for found in source.findings if found.code.startswith("yaml.")]
    if broken or source.root is None:
        found = broken[0]
        raise FormatError(f"Line {found.line}: {found.message}")
    return source.data


def _json(content: bytes) -> dict[str, Any]:
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer)
    except RecursionError:
        raise FormatError(f"The JSON is nested deeper than {_DEEPEST_JSON} levels.") from None
    except UnicodeDecodeError:
        raise FormatError("The file is not UTF-8 text. Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise FormatError(f"Line {error.lineno}, column {error.colno}: this is not JSON ({error.msg}).") from None
    _check(data, 1)
    return data if isinstance(data, dict) else {}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FormatError(f"The key `{twice[:60]}` stands twice in one object; one of the two values would be lost.")
    return out


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise FormatError("A number in the file has no exact value in JSON; quote it or use a smaller one.")
    return int(digits)


def _constant(word: str) -> None:
    raise FormatError(f"`{word}` is no JSON number.")


def _check(value: Any, depth: int) -> None:
    if depth > _DEEPEST_JSON:
        raise FormatError(f"The JSON is nested deeper than {_DEEPEST_JSON} levels.")
    if isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    else:
        _check_scalar(value)


def _check_scalar(value: Any) -> None:
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= char <= "\udfff" for char in value)):
        raise FormatError("A text in the file holds a NUL or half of a character, which nothing can store.")
    if isinstance(value, int | float) and not isinstance(value, bool) and not is_portable_number(value):
        raise FormatError("A number in the file has no exact value in JSON; quote it or use a smaller one.")


__all__ = ["MAX_DEPTH", "is_json", "read_data"]
