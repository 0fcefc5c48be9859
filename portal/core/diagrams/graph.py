"""The drawing's input: nodes and edges with hostile labels, and the limits that every renderer keeps.

The limits come from measurements of Mermaid with its dagre layout: about 6 ms of browser CPU a node,
an error drawing beyond 500 edges or 50,000 characters. We stay far below them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

WINDOW_NODES = 80
HARD_NODES = 150
HARD_EDGES = 300
HARD_TEXT_BYTES = 20_000
LABEL_CHARACTERS = 48
SHAPES = ("box", "round", "stack", "pill")
"""A dataset, a job, several folded into one, and what is left out."""

_OWN_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/_.~%?=&+:-]*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]+")


class DiagramTooLarge(ValueError):
    """The graph is over a hard limit; fold it before drawing."""


@dataclass(frozen=True, slots=True)
class Link:
    """A small link at one side of a box, such as "+3" for neighbours that are not drawn; `title` says it whole."""

    text: str
    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One box: `key` is the caller's own identity, `label` and `note` are foreign text.

    `shape` is one of SHAPES, `group` the key of one of the graph's groups, `before` and `after` links at its sides;
    `strong` marks the one that the drawing is about.
    """

    key: str
    label: str
    note: str = ""
    kind: str = ""
    url: str = ""
    shape: str = "box"
    group: str = ""
    before: Link | None = None
    after: Link | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow between two node keys; `dashed` for what is not proved, `kind` a word for its colour."""

    src: str
    dst: str
    label: str = ""
    dashed: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A frame round the nodes that name its key."""

    key: str
    label: str


@dataclass(frozen=True)
class Graph:
    """Nodes in drawing order, the edges between them and the frames round them.

    Raises ValueError for a doubled key, an edge to an unknown node, a node in an unknown group or of an unknown shape:
    a renderer must never invent anything.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    title: str = ""
    groups: tuple[Group, ...] = ()
    ids: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {node.key: f"n{number}" for number, node in enumerate(self.nodes, 1)}
        if len(ids) != len(self.nodes):
            raise ValueError("Two nodes of this graph have the same key: give each node one key.")
        for edge in self.edges:
            if edge.src not in ids or edge.dst not in ids:
                raise ValueError("An edge of this graph ends at a node that is not in it: add it first.")
        known = {group.key for group in self.groups}
        for node in self.nodes:
            if node.group and node.group not in known:
                raise ValueError("A node of this graph is in a group that is not in it: add it first.")
            if node.shape not in SHAPES:
                raise ValueError(f"A node has the shape {node.shape}: take one of {', '.join(SHAPES)}.")
        object.__setattr__(self, "ids", ids)

    def members(self) -> list[tuple[Group | None, list[Node]]]:
        """Return the groups that have nodes with these nodes, and last those outside any group, as (None, nodes)."""
        within: dict[str, list[Node]] = {}
        for node in self.nodes:
            within.setdefault(node.group, []).append(node)
        found: list[tuple[Group | None, list[Node]]] = [(g, within[g.key]) for g in self.groups if g.key in within]
        return [*found, (None, within.get("", []))]

    def require_drawable(self) -> None:
        """Raise DiagramTooLarge beyond HARD_NODES nodes or HARD_EDGES edges."""
        if len(self.nodes) > HARD_NODES or len(self.edges) > HARD_EDGES:
            raise DiagramTooLarge(
                f"A diagram of {len(self.nodes)} nodes and {len(self.edges)} edges is over the limit of "
                f"{HARD_NODES} nodes and {HARD_EDGES} edges: fold it or narrow the window."
            )


def graph(nodes: Iterable[Node], edges: Iterable[Edge], title: str = "") -> Graph:
    """Build a Graph from any iterables."""
    return Graph(tuple(nodes), tuple(edges), title)


def own_path(url: str) -> str:
    """Return `url` when it is a path of this very site, else the empty text.

    >>> own_path("/lineage/datasets/7/?depth=2"), own_path("//evil.example/"), own_path("javascript:alert(1)")
    ('/lineage/datasets/7/?depth=2', '', '')
    """
    return url if _OWN_PATH.match(url) else ""


def clean(text: str, limit: int = LABEL_CHARACTERS) -> str:
    """Drop control and direction characters and shorten in the middle, where names differ least.

    >>> clean("lake.orders\\n"), clean("a" * 20, limit=9)
    ('lake.orders', 'aaaa…aaaa')
    """
    flat = _CONTROL.sub(" ", text).strip()
    if len(flat) <= limit:
        return flat
    head = (limit - 1) // 2
    return f"{flat[:head]}…{flat[-(limit - 1 - head) :]}"
