"""The authored YAML as a tree of values that know where they stand in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Place(NamedTuple):
    """A position: `index` in characters from 0, `line` and `column` from 1."""

    index: int  # type: ignore[assignment]  # a position's name for it, over the tuple's own method
    line: int
    column: int


@dataclass(slots=True)
class Node:
    """A scalar, mapping or sequence; `value` is plain JSON data (dict, list, str, int, float, bool or None).

    `first` and `last` are the parser's own marks; they become places when somebody asks, which is for few of the many.
    """

    kind: str  # "scalar", "map" or "seq"
    first: Any
    last: Any
    value: object = None
    raw: str = ""
    style: str = ""  # '' plain, "'" or '"' quoted, '>' or '|' block; collections: "flow" or "block"
    entries: Sequence[tuple[Node, Node]] = ()
    items: Sequence[Node] = ()
    index: dict[object, tuple[Node, Node]] | None = None  # made when first asked: a schema may have thousands of keys

    @property
    def start(self) -> Place:
        """Where its first character stands."""
        return place(self.first)

    @property
    def end(self) -> Place:
        """Where the text goes on after it."""
        return place(self.last)

    def entry(self, key: str) -> tuple[Node, Node] | None:
        """Key and value under `key`; the first of a duplicate."""
        return (self.index if self.index is not None else self._indexed()).get(key)

    def _indexed(self) -> dict[object, tuple[Node, Node]]:
        self.index = {}
        for entry in self.entries:
            if entry[0].kind == "scalar":
                self.index.setdefault(entry[0].value, entry)
        return self.index

    def get(self, key: str) -> Node | None:
        """The value under `key` of a mapping, or None."""
        found = (self.index if self.index is not None else self._indexed()).get(key)
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


def place(mark: Any) -> Place:
    """The place of a parser's mark, which counts from 0."""
    return Place(mark.index, mark.line + 1, mark.column + 1)
