"""The authored YAML as a tree of values that know where they stand in the text."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """A position: `index` in characters from 0, `line` and `column` from 1."""

    index: int
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

    def get(self, key: str) -> Node | None:
        """The value under `key` of a mapping, or None."""
        for name, value in self.entries:
            if name.value == key:
                return value
        return None

    def key_node(self, key: str) -> Node | None:
        """The key itself, for findings about it."""
        return next((name for name, _ in self.entries if name.value == key), None)

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
