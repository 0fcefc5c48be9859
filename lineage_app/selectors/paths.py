"""The way between two datasets: every shortest one, in the direction that data flows, else the other way round."""

from dataclasses import dataclass, replace

from lineage_app.selectors.moments import Moment
from lineage_app.selectors.steps import edges_from

SEARCHED = 20_000
"""Datasets looked at from each end before a search gives up, and says so."""


@dataclass(frozen=True)
class Ways:
    """All datasets and edges on the shortest ways from `start` to `end`, `start` first; none where there is no way.

    `turned`: data flows from the second dataset to the first, and these are those ways. `hidden` datasets are left
    out because of a limit. `searched` datasets were looked at; `given_up` says that there were more.
    """

    start: int
    end: int
    datasets: tuple[int, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()
    distance: int = 0
    turned: bool = False
    hidden: int = 0
    searched: int = 0
    given_up: bool = False

    def __bool__(self) -> bool:
        """Whether a way was seen."""
        return bool(self.datasets)


def ways_between(a: int, b: int, *, moment: Moment, limit: int) -> Ways:
    """Return the shortest ways from dataset `a` to `b` (representatives), else those from `b` to `a`.

    More than `limit` datasets are cut to the first shortest ways that fit.
    """
    forth = _ways(a, b, moment, limit)
    if forth:
        return forth
    back = _ways(b, a, moment, limit)
    if back:
        return replace(back, turned=True)
    return replace(forth, searched=forth.searched + back.searched, given_up=forth.given_up or back.given_up)


class _Front:
    """A breadth-first search from one end: `levels` by dataset and the edges by which each level was reached."""

    def __init__(self, root: int, moment: Moment, *, down: bool) -> None:
        self.moment, self.down = moment, down
        self.levels = {root: 0}
        self.edge_levels: list[list[tuple[int, int]]] = []
        self.frontier = [root]

    def advance(self) -> None:
        """Go one level farther, keeping every edge that leads into it."""
        found = edges_from(self.frontier, self.moment, down=self.down)
        depth = len(self.edge_levels) + 1
        leading = [edge for edge in found if edge[1] not in self.levels]
        self.edge_levels.append(leading)
        self.frontier = list(dict.fromkeys(far for _, far in leading))
        self.levels |= dict.fromkeys(self.frontier, depth)

    def edges_to(self, meeting: set[int]) -> set[tuple[int, int]]:
        """Return the edges on shortest ways from the root to `meeting`, all of one level, in data's direction."""
        wanted, kept = set(meeting), set()
        for level in reversed(self.edge_levels):
            used = {edge for edge in level if edge[1] in wanted}
            kept |= used
            wanted |= {near for near, _ in used}
        return kept if self.down else {(far, near) for near, far in kept}


def _ways(a: int, b: int, moment: Moment, limit: int) -> Ways:
    """Search from both ends, the smaller front first, until they meet; the whole level of the meeting is looked at."""
    if a == b:
        return Ways(a, b, (a,), searched=1)
    ahead, behind = _Front(a, moment, down=True), _Front(b, moment, down=False)
    while ahead.frontier and behind.frontier:
        searched = len(ahead.levels) + len(behind.levels)
        if max(len(ahead.levels), len(behind.levels)) > SEARCHED:
            return Ways(a, b, searched=searched, given_up=True)
        moving, other = (ahead, behind) if len(ahead.frontier) <= len(behind.frontier) else (behind, ahead)
        moving.advance()
        meeting = set(moving.frontier) & set(other.frontier)
        if meeting:
            return _met(a, b, ahead.edges_to(meeting) | behind.edges_to(meeting), searched, limit)
    return Ways(a, b, searched=len(ahead.levels) + len(behind.levels))


def _met(a: int, b: int, edges: set[tuple[int, int]], searched: int, limit: int) -> Ways:
    onward: dict[int, list[int]] = {}
    for src, dst in sorted(edges):
        onward.setdefault(src, []).append(dst)
    level, order = [a], [a]
    distance = 0
    while level != [b]:
        level = sorted({dst for src in level for dst in onward[src]})
        order += level
        distance += 1
    shown = order if len(order) <= limit else _that_fit(a, b, onward, limit)
    kept = tuple(edge for edge in sorted(edges) if edge[0] in shown and edge[1] in shown)
    return Ways(
        a,
        b,
        tuple(pk for pk in order if pk in shown),
        kept,
        distance,
        hidden=len(order) - len(shown),
        searched=searched,
    )


def _that_fit(a: int, b: int, onward: dict[int, list[int]], limit: int) -> set[int]:
    """Return the datasets of whole ways, as many as `limit` lets in; the first way always fits."""
    shown: set[int] = set()
    stack = [(a, (a,))]
    ways = 0
    while stack and ways < limit:
        node, way = stack.pop()
        if node == b:
            ways += 1
            if shown and len(shown | set(way)) > limit:
                break
            shown |= set(way)
        stack += [(far, (*way, far)) for far in reversed(onward.get(node, []))]
    return shown
