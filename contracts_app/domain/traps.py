"""The places where YAML means something else than its author: what is read, where, and the edit that says it right.

Each trap was measured with PyYAML on exactly the keys of the contract format.
"""

from __future__ import annotations

import re
from typing import Any

from contracts_app.domain.findings import WARNING, Finding, Fix
from contracts_app.domain.nodes import Node
from contracts_app.domain.scalars import is_portable_number, quoted, reads_as_written

_COMMENTED = re.compile(r"[ \t]*(#[^\s#][^\r\n]*?)[ \t]*(?=\r?\n|\Z)")
_TABBED = re.compile(r"^ *\t[ \t]*", re.MULTILINE)
_BARE_VALUE = re.compile(
    r"""(?P<lead>[:,\[{-][ \t]+)(?P<value>[>@`%|<][^,}\]\r\n]*?)(?=[ \t]*(?:[,}\]\r\n]|[ \t]#|\Z))"""
)


def broken(text: str, error: Exception) -> Finding:
    """The finding for a text that YAML cannot read, with the quoting that mends it where that is the cause."""
    mark: Any = getattr(error, "problem_mark", None)
    if mark is None:
        position = getattr(error, "position", None)
        return _unreadable(text, position if isinstance(position, int) else 0)
    line, column = mark.line + 1, mark.column + 1
    if fix := _without_tabs(text, mark.index):
        return Finding("yaml.tab", "YAML indents with spaces only; this line begins with a tab.", line, column, fix=fix)
    problem = getattr(error, "problem", None) or "the text ends too early"
    fix = _quoting(text, mark.index)
    hint = " Quote the value." if fix else " Check brackets, quotes and indentation around here."
    return Finding("yaml.broken", f"This is not YAML: {problem}.{hint}", line, column, fix=fix)


def in_scalar(node: Node) -> list[Finding]:
    """Findings about a number that reads otherwise than its digits, or that no JSON document can hold."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return []
    if not is_portable_number(node.value):
        return [
            _finding(
                "yaml.number", f"`{node.raw[:40]}` has no exact value in JSON; quote it or use a smaller number.", node
            )
        ]
    if reads_as_written(node.raw) or node.style:
        return []
    fix = _meant(node)
    said = (
        f"YAML reads `{node.raw[:40]}` as {node.value}; write {fix.text} if that is meant, or quote it if it is text."
    )
    return [_finding("trap.number", said, node, fix)]


def _meant(node: Node) -> Fix:
    """What its author most likely meant: `010` is ten to a person, `12:30` a time of day, `1_000` a thousand."""
    raw = node.raw.replace("_", "")
    text = str(node.value)
    if ":" in raw:
        text = quoted(node.raw)
    elif raw.lstrip("+-").isdecimal():
        text = str(int(raw))
    return replace(node, text, f"Write {text}")


def commented_out(text: str, node: Node) -> Fix | None:
    """The fix for `on_call: #data-oncall`, which YAML takes for a comment and reads as null."""
    if node.value is not None or node.raw:
        return None
    match = _COMMENTED.match(text, node.end.index)
    if match is None:
        return None
    value = quoted(match[1])
    return Fix(f"Write {value}", node.end.index, match.end(), f" {value}")


def as_text(node: Node) -> Fix | None:
    """The fix that quotes a word which YAML took for a boolean, number or null."""
    if node.kind != "scalar" or not node.raw or isinstance(node.value, str):
        return None
    return replace(node, quoted(node.raw), f"Write {quoted(node.raw)}")


def block_as_text(text: str, node: Node) -> Fix | None:
    """The fix for `alert: >20`, which YAML takes for the head of a block scalar."""
    if node.style not in (">", "|"):
        return None
    head = text[node.start.index : _line_end(text, node.start.index)].rstrip()
    if not re.fullmatch(r">\s*[\d.]+\s*%?", head):
        return None
    value = quoted(head)
    return Fix(f"Write {value}", node.start.index, node.start.index + len(head), value)


def replace(node: Node, text: str, label: str) -> Fix:
    """The edit that puts `text` in place of the node."""
    return Fix(label, node.start.index, node.end.index, text)


def warning(code: str, message: str, node: Node, fix: Fix | None = None) -> Finding:
    """A finding that does not keep the contract from being proposed."""
    return Finding(code, message, node.start.line, node.start.column, severity=WARNING, fix=fix)


def _finding(code: str, message: str, node: Node, fix: Fix | None = None) -> Finding:
    return Finding(code, message, node.start.line, node.start.column, fix=fix)


def _unreadable(text: str, position: int) -> Finding:
    before = text[:position]
    reason = "YAML does not allow this character (a control character, or half of a pair). Remove it."
    return Finding("yaml.broken", reason, before.count("\n") + 1, position - before.rfind("\n"))


def _without_tabs(text: str, index: int) -> Fix | None:
    """Two spaces for each tab that indents a line, all in one edit; None if the line at `index` has none."""
    if not _TABBED.match(text, text.rfind("\n", 0, index) + 1):
        return None
    tabbed = list(_TABBED.finditer(text))
    start, end = tabbed[0].start(), tabbed[-1].end()
    spaced = _TABBED.sub(lambda match: match[0].replace("\t", "  "), text[start:end])
    return Fix("Write spaces for the tabs", start, end, spaced)


def _quoting(text: str, index: int) -> Fix | None:
    """Quotes around a bare value at the parser's position that starts with a character of YAML's own."""
    start = text.rfind("\n", 0, index) + 1
    for match in _BARE_VALUE.finditer(text, start, _line_end(text, index)):
        if match.start("value") <= index <= match.end("value"):
            value = quoted(match["value"])
            return Fix(f"Write {value}", match.start("value"), match.end("value"), value)
    return None


def _line_end(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end
