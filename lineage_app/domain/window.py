"""The part of a graph that one page shows, folded to what can be read: one answer for table, drawings, outline, JSON.

Nodes far from the focus go first when there are too many; what is left out becomes one "+N more" node a side, which
links to the full list. Never a whole-estate picture.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal.core.diagrams import HARD_EDGES, DiagramTooLarge, Edge, Graph, Group, Link, Node, to_mermaid

MORE_UP, MORE_DOWN = "more-up", "more-down"
STATES = ("seen", "declared", "failed")
"""How an edge is known, the strongest first."""
_SHAPES = {"dataset": "box", "job": "round", "group": "stack", "more": "pill"}


@dataclass(frozen=True, slots=True)
class WindowNode:
    """A node at `distance` hops from the focus: negative upstream, positive downstream, 0 the focus.

    `role` is dataset, job, group (several folded into one, `hidden` of them) or more (what is left out). `state` is a
    word when the dataset no longer lives (dropped, renamed), `since` when that happened. `beside` marks what was
    reached round a corner, so that it neither feeds nor is fed by the focus. `unshown_up` and `unshown_down` count the
    neighbours that are not in the window; `expand_up` and `expand_down` are the addresses that add them.
    """

    key: str
    label: str
    namespace: str
    kind: str
    layer: str
    distance: int
    url: str = ""
    owner: str = ""
    hidden: int = 0
    role: str = "dataset"
    state: str = ""
    since: str = ""
    group: str = ""
    beside: bool = False
    unshown_up: int = 0
    unshown_down: int = 0
    expand_up: str = ""
    expand_down: str = ""


@dataclass(frozen=True, slots=True)
class WindowEdge:
    """One arrow of the window and the jobs that made it; `state` is one of STATES, `job_urls` go with `jobs`."""

    src: str
    dst: str
    state: str
    jobs: tuple[str, ...] = ()
    foreign: bool = False
    last_seen: str = ""
    tokens: tuple[str, ...] = ()
    job_urls: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """How it is known, in one word: foreign, or its state."""
        return "foreign" if self.foreign else self.state

    @property
    def seen_at(self) -> datetime | None:
        """When it was last seen; None for what was only declared."""
        return datetime.fromisoformat(self.last_seen) if self.last_seen else None

    @property
    def links(self) -> list[tuple[str, str]]:
        """Each job with the address of its page, or "" for it."""
        return list(zip(self.jobs, self.job_urls or [""] * len(self.jobs), strict=True))


@dataclass(frozen=True, slots=True)
class WindowGroup:
    """A namespace or layer of the window: how many nodes it holds, whether they are folded into one, and the address
    that turns that round ("" for the group of the focus, which stays open)."""

    key: str
    count: int
    folded: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class GraphVersion:
    """The state of the graph: every event up to number `event` is in it, `waiting` are not, the oldest for `lag`."""

    event: int
    waiting: int = 0
    lag: timedelta = timedelta()

    def __str__(self) -> str:
        return f"event {self.event}" + (f", {self.waiting} waiting" if self.waiting else "")


@dataclass(frozen=True)
class Window:
    """What is shown of the graph around `focus`."""

    focus: str
    nodes: tuple[WindowNode, ...]
    edges: tuple[WindowEdge, ...]
    hidden_up: int = 0
    hidden_down: int = 0
    as_of: str = ""
    known_at: str = ""
    groups: tuple[WindowGroup, ...] = ()
    version: GraphVersion | None = None

    def by_key(self) -> dict[str, WindowNode]:
        """Return the nodes by key."""
        return {node.key: node for node in self.nodes}

    def graph(self, title: str = "") -> Graph:
        """Return the window as a drawing: edges that are not proved, or come from a foreign token, are dashed."""
        frames = dict.fromkeys(node.group for node in self.nodes if node.group)
        edges = tuple(
            Edge(e.src, e.dst, _edge_label(e), dashed=e.word != "seen", kind="" if e.word == "seen" else e.word)
            for e in self.edges
        )
        groups = tuple(Group(name, name) for name in frames)
        return Graph(tuple(_drawn(node, self.focus) for node in self.nodes), edges, title, groups)


def _drawn(node: WindowNode, focus: str) -> Node:
    """The node as a box; its note says layer and kind, or what has become of it."""
    said = (node.layer, node.kind, f"{node.state} {node.since[:10]}".strip())
    return Node(
        node.key,
        node.label,
        " · ".join(filter(None, said)),
        "gone" if node.state else node.role if node.role != "dataset" else node.layer or node.kind,
        node.url,
        _SHAPES[node.role],
        node.group,
        _badge(node.unshown_up, node.expand_up, f"that feed {node.label}"),
        _badge(node.unshown_down, node.expand_down, f"that {node.label} feeds"),
        node.key == focus,
    )


def _badge(count: int, url: str, words: str) -> Link | None:
    return Link(f"+{count}", url, f"Show {count} more {words}") if count and url else None


def _edge_label(edge: WindowEdge) -> str:
    jobs = edge.jobs[0] + (f" +{len(edge.jobs) - 1}" if len(edge.jobs) > 1 else "") if edge.jobs else ""
    return jobs if edge.word == "seen" else f"{edge.word}: {jobs}" if jobs else edge.word


def fold(
    focus: str,
    nodes: Iterable[WindowNode],
    edges: Iterable[WindowEdge],
    *,
    limit: int,
    more_urls: Mapping[str, str],
    groups: Iterable[WindowGroup] = (),
) -> Window:
    """Return the window with at most `limit` nodes, "+N more" nodes included, that is sure to be drawable.

    `nodes` come in order of importance within their distance; `more_urls` has the full list's page for MORE_UP and
    MORE_DOWN.
    """
    ordered = sorted(nodes, key=lambda node: (abs(node.distance), node.role != "job", node.beside))
    every = list(edges)
    folded = _fold_once(focus, ordered, every, max(limit, 3), more_urls)
    while not _drawable(folded) and limit > 3:
        limit = max(3, limit * 2 // 3)
        folded = _fold_once(focus, ordered, every, limit, more_urls)
    return replace(folded, groups=tuple(groups))


def _drawable(window: Window) -> bool:
    if len(window.edges) > HARD_EDGES:
        return False
    try:
        to_mermaid(window.graph())
    except DiagramTooLarge:
        return False
    return True


def _fold_once(
    focus: str, ordered: list[WindowNode], edges: list[WindowEdge], limit: int, more_urls: Mapping[str, str]
) -> Window:
    room = limit if len(ordered) <= limit else limit - len({node.distance < 0 for node in ordered[limit - 1 :]})
    gone = {node.key: MORE_UP if node.distance < 0 else MORE_DOWN for node in ordered[room:]}
    counts = {side: sum(weight(n) for n in ordered[room:] if gone[n.key] == side) for side in (MORE_UP, MORE_DOWN)}
    shown = ordered[:room]
    shown += [_more(side, counts[side], more_urls.get(side, "")) for side in (MORE_UP, MORE_DOWN) if counts[side]]
    return Window(focus, tuple(shown), merged(edges, gone), counts[MORE_UP], counts[MORE_DOWN])


def weight(node: WindowNode) -> int:
    """Return how many nodes of the graph it stands for."""
    return node.hidden or 1


def merged(edges: Iterable[WindowEdge], moved: Mapping[str, str]) -> tuple[WindowEdge, ...]:
    """Return the edges with their ends moved to the nodes that stand for them, each pair of ends once.

    What comes to lie within one node goes, and so does what lies between the two "+N more" nodes.
    """
    found: dict[tuple[str, str], WindowEdge] = {}
    for edge in edges:
        ends = moved.get(edge.src, edge.src), moved.get(edge.dst, edge.dst)
        if ends[0] != ends[1] and not {MORE_UP, MORE_DOWN}.issuperset(ends):
            known = found.get(ends)
            found[ends] = replace(edge, src=ends[0], dst=ends[1]) if known is None else _join(known, edge)
    return tuple(found.values())


def _more(side: str, count: int, url: str) -> WindowNode:
    distance = -1 if side == MORE_UP else 1
    return WindowNode(side, f"+{count} more", "", "", "", distance, url, hidden=count, role="more")


def _join(known: WindowEdge, edge: WindowEdge) -> WindowEdge:
    """Join two edges between the same nodes; the stronger knowledge of the two holds."""
    jobs = dict(known.links) | {name: url for name, url in edge.links if name not in known.jobs}
    best = min(known, edge, key=lambda each: (each.foreign, STATES.index(each.state)))
    return replace(
        known,
        state=best.state,
        foreign=best.foreign,
        jobs=tuple(jobs),
        job_urls=tuple(jobs.values()),
        last_seen=max(known.last_seen, edge.last_seen),
        tokens=tuple(dict.fromkeys((*known.tokens, *edge.tokens))),
    )
