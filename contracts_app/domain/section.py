"""One mapping of the document, read key by key: a wrong type becomes a finding with its place and its fix."""

from __future__ import annotations

import re
from typing import Any

from contracts_app.domain import suggest, traps
from contracts_app.domain.findings import WARNING, Finding, Fix
from contracts_app.domain.model import Spot
from contracts_app.domain.nodes import Node

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?(?:[eE][-+]?[0-9]{1,2})?", re.ASCII)
MAX_UNKNOWN = 100  # keys of a document that are remarked upon; all of them are kept


class Section:
    """Reads the keys of `node`; what nobody asked for is noted by `leftover`."""

    def __init__(
        self,
        text: str,
        node: Node,
        path: str,
        findings: list[Finding],
        unknown: dict[str, tuple[Any, Spot]] | None = None,
    ) -> None:
        self.source = text
        self.node = node
        self.path = path
        self.findings = findings  # shared by all sections of a document, as is `unknown`
        self.unknown: dict[str, tuple[Any, Spot]] = {} if unknown is None else unknown
        self.seen: set[str] = set()

    def get(self, key: str) -> Node | None:
        """The node under `key`, marked as read."""
        self.seen.add(key)
        return self.node.get(key)

    def text(self, key: str) -> str | None:
        """Text under `key`; a word that YAML took for something else is a finding with a quoting fix."""
        node = self.get(key)
        return None if node is None else self.text_of(node, key)

    def text_of(self, node: Node, key: str) -> str | None:
        """The text of a node; `key` names it in the finding."""
        if isinstance(node.value, str):
            return self._not_blank(node, key)
        if node.value is None:
            self.empty(node, key)
            return None
        if node.kind != "scalar":
            self.add("format.text", f"`{key}` must be text, not a {_word(node)}.", node, key)
            return None
        shown = "no" if node.value is False else "yes" if node.value is True else str(node.value)
        said = f"`{key}` must be text, but YAML reads `{node.raw}` as {type(node.value).__name__} {shown}; quote it."
        self.add("trap.text", said, node, key, traps.as_text(node))
        return node.raw

    def number(self, key: str, *, least: float = 0) -> float | None:
        """A number of at least `least` under `key`."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            self.add("format.number", f"`{key}` must be a number.", node, key, _unquoted(node))
            return None
        if node.value < least:
            self.add("format.number", f"`{key}` must be at least {least:g}.", node, key)
        return node.value

    def flag(self, key: str) -> bool:
        """True or false under `key`; absent is false."""
        node = self.get(key)
        if node is None or isinstance(node.value, bool):
            return bool(node and node.value)
        self.add("format.flag", f"`{key}` must be true or false.", node, key)
        return False

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts under `key`."""
        node = self.get(key)
        if node is None:
            return ()
        if node.kind != "seq":
            self.add("format.list", f"`{key}` must be a list.", node, key)
            return ()
        return tuple(text for item in node.items if (text := self.text_of(item, key)) is not None)

    def section(self, key: str) -> Section | None:
        """The mapping under `key`."""
        node = self.get(key)
        return None if node is None else self.inside(node, key)

    def inside(self, node: Node, key: str) -> Section | None:
        """The mapping `node` as a section of its own."""
        if node.kind != "map":
            self.add("format.mapping", f"`{key}` must be a mapping of keys, not a {_word(node)}.", node, key)
            return None
        return Section(self.source, node, self.at(key), self.findings, self.unknown)

    def empty(self, node: Node, key: str) -> None:
        """A key without a value, perhaps because YAML took `#x` for a comment."""
        fix = traps.commented_out(self.source, node)
        if fix:
            said = f"`{key}` is null: YAML takes the unquoted `#…` for a comment. Quote it."
            self.add("trap.comment", said, node, key, fix)
        else:
            self.add("format.empty", f"`{key}` is empty. Give it a value or remove the key.", node, key)

    def leftover(self) -> None:
        """Note the keys that the format does not know: kept and hashed, and warned about."""
        for key, value in self.node.entries:
            name = str(key.value)
            if name not in self.seen:
                self.unknown[self.at(name)] = (value.value, self.spot(name))
                if len(self.unknown) <= MAX_UNKNOWN:
                    self._unknown_key(key, name)

    def _unknown_key(self, key: Node, name: str) -> None:
        meant = suggest.nearest(name, self.seen)
        fix, hint = None, ""
        if meant and self.node.get(meant) is None:
            fix, hint = traps.replace(key, meant, f"Write {meant}"), f" Did you mean `{meant}`?"
        said = f"`{self.at(name)[:120]}` is not a key of the format; it is kept and hashed, any change of it is MAJOR."
        self.add("format.unknown-key", f"{said}{hint}", key, name, fix, severity=WARNING)

    def spot(self, key: str | None = None) -> Spot:
        """Where `key` (or the whole section) stands."""
        node = self.node.key_node(key) if key else self.node
        return Spot(node.start.line, node.start.column) if node else Spot()

    def at(self, key: str) -> str:
        """The dotted path of `key`."""
        return f"{self.path}.{key}" if self.path else key

    def add(self, code: str, said: str, node: Node, key: str, fix: Fix | None = None, severity: str = "error") -> None:
        """Note a finding about `node`."""
        place = node.start
        self.findings.append(Finding(code, said, place.line, place.column, self.at(key), severity, fix))

    def _not_blank(self, node: Node, key: str) -> str | None:
        value = str(node.value).strip()
        if not value:
            self.empty(node, key)
        return value or None


def _word(node: Node) -> str:
    return {"seq": "list", "map": "mapping"}.get(node.kind, "single value")


def _unquoted(node: Node) -> Fix | None:
    """A number that somebody quoted (`"365"`), or wrote as YAML 1.1 does not read it (`1e3`)."""
    value = str(node.value).strip()
    if not isinstance(node.value, str) or not _NUMBER.fullmatch(value):
        return None
    number = value if "e" not in value.lower() else f"{float(value):.15g}"
    return traps.replace(node, number, f"Write {number}") if _NUMBER.fullmatch(number) else None
