"""Plain data as YAML in the house style: one field a line, quotes only where YAML would read something else.

What is written reads back as the same data (YAML 1.1 as `source` reads it), whatever the strings hold. Comments are
given by the path of the key that they stand above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts_app.domain.patch import written
from contracts_app.domain.scalars import quoted, resolve

ORDER = (
    "name", "version", "owner", "on_call", "description", "tags", "asset", "classification", "residency",
    "retention_days", "encryption", "schema", "slos", "change_policy", "privacy", "consumers", "raci",
)  # fmt: skip
_BLOCKS = {"asset", "schema", "slos", "change_policy", "privacy", "consumers", "raci", "extensions"}
_WIDTH = 110
_ELSEWHERE = re.compile(
    r"\d{4}-\d\d?-\d\d?.*|[-+]?(?:\.\d+|\d+\.?\d*)(?:[eE][-+]?\d+)?|0[ox][\da-fA-F]+|[yYnN]", re.DOTALL
)

Comments = Mapping[tuple[str, ...], list[str]]


def write(data: dict[str, Any], comments: Comments | None = None) -> str:
    """The contract as YAML text; comments stand above the key whose path they are given under.

    >>> print(write({"schema": {"a": {"type": "string"}}, "name": "x", "on_call": "#y"}), end="")
    name: x
    on_call: "#y"
    <BLANKLINE>
    schema:
      a: {type: string}
    """
    said = comments or {}
    lines = [f"# {line}" for line in said.get((), [])]
    ordered = [key for key in ORDER if key in data or (key,) in said] + [key for key in data if key not in ORDER]
    for key in ordered:
        if key in _BLOCKS and lines and lines[-1]:
            lines.append("")
        lines += [f"# {line}" for line in said.get((key,), [])]
        if key in data:
            lines += _entry(key, data[key], 0, said, (key,))
    return "\n".join(lines) + "\n"


def scalar(value: Any) -> str:
    """A scalar in YAML 1.1, with quotes also around text that some other reader takes for a date, number or boolean.

    >>> scalar(1e-7), scalar("1e3"), scalar("no"), scalar(None), scalar("2026-01-31"), scalar("1.0.0")
    ('1.0e-07', '"1e3"', '"no"', 'null', '"2026-01-31"', '1.0.0')
    """
    if value is None:
        return "null"
    if isinstance(value, str):
        return quoted(value) if _ELSEWHERE.fullmatch(value) else written(value)
    if isinstance(value, bool) or not isinstance(value, float):
        return written(value)
    digits = repr(value)
    return digits.replace("e", ".0e") if "e" in digits and "." not in digits else digits


def _entry(key: str, value: Any, indent: int, said: Comments, path: tuple[str, ...]) -> list[str]:
    head = " " * indent + f"{_key(key)}:"
    if not isinstance(value, dict | list) or not value:
        return [f"{head} {_flow(value)}"]
    flow = _flow(value)
    if _fits(value, flow, len(head), path):
        return [f"{head} {flow}"]
    if isinstance(value, dict):
        return [head, *_mapping(value, indent + 2, said, path)]
    return [head, *_sequence(value, indent + 2, said, path)]


def _fits(value: Any, flow: str, used: int, path: tuple[str, ...]) -> bool:
    """Whether a collection may stand on one line: fields and single SLOs do, whole sections never."""
    if len(path) == 1 and path[0] in _BLOCKS:
        return False
    return used + len(flow) < _WIDTH and not _nested(value, 2)


def _nested(value: Any, allowed: int) -> bool:
    """Whether collections lie deeper than `allowed`, or a list holds mappings."""
    if not isinstance(value, dict | list):
        return False
    inner = list(value.values()) if isinstance(value, dict) else value
    if isinstance(value, list) and any(isinstance(item, dict) for item in inner):
        return True
    return not allowed or any(_nested(item, allowed - 1) for item in inner)


def _mapping(value: dict[str, Any], indent: int, said: Comments, path: tuple[str, ...]) -> Iterator[str]:
    for key, item in value.items():
        inside = (*path, key)
        for line in said.get(inside, []):
            yield " " * indent + f"# {line}"
        yield from _entry(key, item, indent, said, inside)


def _sequence(value: list[Any], indent: int, said: Comments, path: tuple[str, ...]) -> Iterator[str]:
    for item in value:
        flow = _flow(item)
        if not isinstance(item, dict) or not item or (len(flow) + indent < _WIDTH and not _nested(item, 2)):
            yield " " * indent + f"- {flow}"
            continue
        lines = list(_mapping(item, indent + 2, said, (*path, "-")))
        yield " " * indent + "- " + lines[0].lstrip(" ")
        yield from lines[1:]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return scalar(value)


def _key(key: str) -> str:
    """A key as text: `on` or `1.0` need quotes to stay one."""
    return scalar(key) if resolve(key) == key else f'"{key}"'
