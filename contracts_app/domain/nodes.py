"""The authored YAML as a tree of values that know where they stand in the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """A position: `index` in characters from 0, `line` and `column` from 1."""

    index: int  # type: ignore[assignment]  # a position's name for it, over the tuple's own method
    line: int
    column: int


@dataclass(slots=True)
class Node:
    """A scalar, mapping or sequence; `value` is plain JSON data (dict, list, str, int, float, bool or None)."""

    kind: str  # "scalar", "map" or "seq"
    start: Place
    end: Place
    value: object = None
    raw: str = ""
    style: str = ""  # '' plain, "'" or '"' quoted, '>' or '|' block; collections: "flow" or "block"
    entries: list[tuple[Node, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    index: dict[object, tuple[Node, Node]] | None = None  # made when first asked: a schema may have thousands of keys

    def entry(self, key: str) -> tuple[Node, Node] | None:
        """Key and value under `key`; the first of a duplicate."""
        if self.index is None:
            self.index = {}
            for name, value in self.entries:
                if name.kind == "scalar":
                    self.index.setdefault(name.value, (name, value))
        return self.index.get(key)

    def get(self, key: str) -> Node | None:
        """The value under `key` of a mapping, or None."""
        found = self.entry(key)
        return found[1] if found else None

    def key_node(self, key: str) -> Node | None:
        """The key itself, for findings about it."""
        found = self.entry(key)
        return found[0] if found else None

    def at(self, path: tuple[str, ...]) -> Node | None:
        """The node that `path` leads to; digits step into a sequence."""
        here: Node | None = self
        for step in path:
            if here is None:
                return None
            here = here.item(step) if here.kind == "seq" else here.get(step)
        return here

    def item(self, step: str) -> Node | None:
        """The item of a sequence that `step` numbers, or None."""
        return self.items[int(step)] if step.isdecimal() and int(step) < len(self.items) else None
