"""Authored YAML read with every position kept, and everything that could deceive a reader refused.

Standard: YAML 1.1 as PyYAML reads it, narrowed to one document of plain JSON data (the data model of RFC 8785): no
anchors, aliases, tags, merge keys or duplicate keys. The parser's event stream is walked directly, so that depth and
aliases are refused before anything is built from them. It stays pure so that `custody lint` needs nothing but PyYAML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from contracts_app.domain import traps
from contracts_app.domain.findings import MOST, Finding, Fix
from contracts_app.domain.nodes import Node, Place, place
from contracts_app.domain.scalars import resolve

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_VALUES = 50_000
_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PARSER_ERRORS = (yaml.YAMLError, UnicodeError, ValueError, RecursionError)


@dataclass(slots=True)
class Source:
    """What was read: `root` is None where the text could not be read at all, and `findings` say why."""

    text: str
    root: Node | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        """The authored keys as plain JSON data."""
        value = self.root.value if self.root else {}
        return value if isinstance(value, dict) else {}


class _Refused(Exception):
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def read(content: bytes | str) -> Source:
    """The document in `content`; never raises on any input, every refusal is a finding with its position.

    >>> read("a: [1, 2]").data
    {'a': [1, 2]}
    >>> read("a: 1\\na: 2").findings[0].code
    'yaml.duplicate-key'
    """
    size = len(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        reason = (
            f"The document has {size:,} bytes; at most {MAX_BYTES:,} (1 MiB) are read. Split it into several contracts."
        )
        return Source("", None, [Finding("yaml.too-large", reason, 1, 1)])
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1 if isinstance(content, bytes) else 1
        return Source(
            "", None, [Finding("yaml.not-utf8", "The document is not UTF-8 text. Save it as UTF-8.", line, 1)]
        )
    return _read_text(text.removeprefix("\ufeff"))


def _read_text(text: str) -> Source:
    source = Source(text)
    try:
        source.root = _Builder(text, source.findings).document()
    except _Refused as refused:
        source.findings.append(refused.finding)
    except _PARSER_ERRORS as error:
        source.findings.append(traps.broken(text, error))
    return source


class _Builder:
    """Builds nodes from parser events by recursive descent, at most `MAX_DEPTH` deep."""

    def __init__(self, text: str, findings: list[Finding]) -> None:
        self.text = text
        self.findings = findings
        self.values = 0
        self.next: Callable[[], Any] = _LOADER(text).get_event

    def document(self) -> Node:
        self.next()  # start of the stream
        event = self.next()
        if isinstance(event, yaml.StreamEndEvent):
            raise _Refused(Finding("yaml.empty", "The document is empty. Start with `name:` and `version:`.", 1, 1))
        root = self.node(self.next(), 1)
        self.next()  # end of the document
        extra = self.next()
        if not isinstance(extra, yaml.StreamEndEvent):
            self.refuse("yaml.several-documents", "One file holds one contract; a second document starts here.", extra)
        if root.kind != "map":
            raise _Refused(_at("yaml.not-a-mapping", "A contract is a mapping of keys such as `name:`.", root.start))
        return root

    def node(self, event: Any, depth: int) -> Node:
        self.values += 1
        if self.values > MAX_VALUES:
            said = f"The document has more than {MAX_VALUES:,} keys and values. Split it into several contracts."
            self.refuse("yaml.too-many", said, event)
        if isinstance(event, yaml.AliasEvent):
            self.refuse("yaml.alias", f"The alias `*{event.anchor}` is not read; write the value out here.", event)
        if event.anchor is not None:
            self.refuse("yaml.anchor", f"The anchor `&{event.anchor}` is not read; write each value out.", event)
        if event.tag is not None:
            self.refuse("yaml.tag", f"The tag `{event.tag}` is not read; remove it.", event)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if depth > MAX_DEPTH:
            self.refuse("yaml.too-deep", f"Nested deeper than {MAX_DEPTH} levels; flatten the document.", event)
        build = self.mapping if isinstance(event, yaml.MappingStartEvent) else self.sequence
        return build(event, depth)

    def scalar(self, event: Any) -> Node:
        text, style = event.value, event.style or ""
        if style == '"' and _UNSTORABLE.search(text):  # only an escape can say what the parser would not let through
            said = "This text holds a NUL or half of a character, which nothing can store."
            self.refuse("yaml.character", said, event)
        first, last = event.start_mark, event.end_mark
        value = text if style else resolve(text)
        node = Node("scalar", first, last, value, self.text[first.index : last.index], style)
        if not isinstance(value, str):
            for finding in traps.in_scalar(node):
                self.note(finding)
        return node

    def sequence(self, event: Any, depth: int) -> Node:
        node, items = _collection("seq", event), []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        node.items, node.last = items, event.end_mark
        node.value = [item.value for item in items]
        return node

    def mapping(self, event: Any, depth: int) -> Node:
        node, entries = _collection("map", event), []
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            entries.append((key, self.node(self.next(), depth + 1)))
        node.entries, node.last = entries, event.end_mark
        node.value = self._as_dict(node)
        return node

    def _as_dict(self, node: Node) -> dict[str, object]:
        values: dict[str, object] = {}
        for position, (key, value) in enumerate(node.entries):
            if not isinstance(key.value, str) or key.value == "<<":
                self.note(_bad_key(key))
            elif key.value in values and len(self.findings) < MOST:
                self.note(_duplicate(node, position))
            values[str(key.value)] = value.value
        return values

    def note(self, finding: Finding) -> None:
        """Keep a finding, as long as anybody would still read it."""
        if len(self.findings) < MOST:
            self.findings.append(finding)

    def refuse(self, code: str, reason: str, event: Any) -> None:
        raise _Refused(_at(code, reason, place(event.start_mark)))


def _at(code: str, reason: str, place: Place, fix: Fix | None = None) -> Finding:
    return Finding(code, reason, place.line, place.column, fix=fix)


def _collection(kind: str, event: Any) -> Node:
    style = "flow" if event.flow_style else "block"
    return Node(kind, event.start_mark, event.end_mark, style=style)


def _bad_key(key: Node) -> Finding:
    if key.value == "<<":
        return _at("yaml.merge-key", "The merge key `<<` is not read; write the keys out.", key.start)
    if key.kind != "scalar" or not key.raw:
        return _at("yaml.key", "A key must be a plain word.", key.start)
    fix = Fix(f'Write "{key.raw}"', key.start.index, key.end.index, f'"{key.raw}"')
    return _at("yaml.key", f"YAML reads the key `{key.raw}` as {key.value!r}, not as text; quote it.", key.start, fix)


def _duplicate(node: Node, position: int) -> Finding:
    """A second entry under one key: YAML would let the later one win without a word."""
    key = node.entries[position][0]
    first = next(at for at, (name, _) in enumerate(node.entries) if name.value == key.value)
    earlier, following = node.entries[first][0].start, node.entries[first + 1][0].start
    reason = (
        f"The key `{key.value}` stands twice (first in line {earlier.line}); the earlier value would be lost silently."
    )
    fix = Fix(f"Remove the earlier `{key.value}` (line {earlier.line})", earlier.index, following.index, "")
    return Finding("yaml.duplicate-key", reason, key.start.line, key.start.column, fix=fix)
