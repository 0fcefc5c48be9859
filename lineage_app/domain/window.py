"""The part of a graph that one page shows, folded to what can be read: one answer for table, drawings, outline, JSON.

Nodes far from the focus go first when there are too many; what is left out becomes one "+N more" node a side, which
links to the full list. Never a whole-estate picture.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from portal.core.diagrams import HARD_EDGES, DiagramTooLarge, Edge, Graph, Node, to_mermaid

MORE_UP, MORE_DOWN = "more-up", "more-down"


@dataclass(frozen=True, slots=True)
class WindowNode:
    """A dataset at `distance` hops from the focus: negative upstream, positive downstream, 0 the focus."""

    key: str
    label: str
    namespace: str
    kind: str
    layer: str
    distance: int
    url: str = ""
    owner: str = ""
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class WindowEdge:
    """One arrow of the window and the jobs that made it; `state` is seen, declared or failed."""

    src: str
    dst: str
    state: str
    jobs: tuple[str, ...] = ()
    foreign: bool = False
    last_seen: str = ""
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True)
class Window:
    """What is shown of the graph around `focus`."""

    focus: str
    nodes: tuple[WindowNode, ...]
    edges: tuple[WindowEdge, ...]
    hidden_up: int = 0
    hidden_down: int = 0
    as_of: str = ""

    def by_key(self) -> dict[str, WindowNode]:
        """Return the nodes by key."""
        return {node.key: node for node in self.nodes}

    def graph(self, title: str = "") -> Graph:
        """Return the window as a drawing: edges that are not proved, or come from a foreign token, are dashed."""
        nodes = tuple(
            Node(n.key, n.label, " · ".join(filter(None, (n.layer, n.kind))), n.layer or n.kind, n.url)
            for n in self.nodes
        )
        edges = tuple(
            Edge(e.src, e.dst, _jobs_label(e.jobs), dashed=e.foreign or e.state != "seen") for e in self.edges
        )
        return Graph(nodes, edges, title)


def _jobs_label(jobs: tuple[str, ...]) -> str:
    return jobs[0] + (f" +{len(jobs) - 1}" if len(jobs) > 1 else "") if jobs else ""


def fold(
    focus: str,
    nodes: Iterable[WindowNode],
    edges: Iterable[WindowEdge],
    *,
    limit: int,
    more_urls: Mapping[str, str],
    as_of: str = "",
) -> Window:
    """Return the window with at most `limit` nodes, "+N more" nodes included, that is sure to be drawable.

    `nodes` come in order of importance within their distance; `more_urls` has the full list's page for MORE_UP and
    MORE_DOWN.
    """
    ordered = sorted(nodes, key=lambda node: abs(node.distance))
    every = list(edges)
    window = _fold_once(focus, ordered, every, max(limit, 3), more_urls, as_of)
    while not _drawable(window) and limit > 3:
        limit = max(3, limit * 2 // 3)
        window = _fold_once(focus, ordered, every, limit, more_urls, as_of)
    return window


def _drawable(window: Window) -> bool:
    if len(window.edges) > HARD_EDGES:
        return False
    try:
        to_mermaid(window.graph())
    except DiagramTooLarge:
        return False
    return True


def _fold_once(
    focus: str,
    ordered: list[WindowNode],
    edges: list[WindowEdge],
    limit: int,
    more_urls: Mapping[str, str],
    as_of: str,
) -> Window:
    room = limit if len(ordered) <= limit else limit - 2
    kept = {node.key for node in ordered[:room]}
    gone = {node.key: MORE_UP if node.distance < 0 else MORE_DOWN for node in ordered[room:]}
    counts = {side: sum(1 for where in gone.values() if where == side) for side in (MORE_UP, MORE_DOWN)}
    shown = ordered[:room]
    shown += [_more(side, counts[side], more_urls.get(side, "")) for side in (MORE_UP, MORE_DOWN) if counts[side]]
    folded: dict[tuple[str, str], WindowEdge] = {}
    for edge in edges:
        src, dst = gone.get(edge.src, edge.src), gone.get(edge.dst, edge.dst)
        if src != dst and (src in kept or dst in kept):
            known = folded.get((src, dst))
            folded[src, dst] = replace(edge, src=src, dst=dst) if known is None else _join(known, edge)
    return Window(focus, tuple(shown), tuple(folded.values()), counts[MORE_UP], counts[MORE_DOWN], as_of)


def _more(side: str, count: int, url: str) -> WindowNode:
    return WindowNode(side, f"+{count} more", "", "", "", -1 if side == MORE_UP else 1, url, hidden=count)


def _join(known: WindowEdge, edge: WindowEdge) -> WindowEdge:
    """Join two edges between the same nodes; the stronger knowledge of the two holds."""
    rank = ("seen", "declared", "failed")
    return replace(
        known,
        state=min(known.state, edge.state, key=rank.index),
        jobs=tuple(dict.fromkeys((*known.jobs, *edge.jobs))),
        foreign=known.foreign and edge.foreign,
        last_seen=max(known.last_seen, edge.last_seen),
        tokens=tuple(dict.fromkeys((*known.tokens, *edge.tokens))),
    )
