"""The window of the ways between two datasets: every shortest one, from the first at the left to the other."""

from collections.abc import Iterable

from lineage_app.domain.window import Window
from lineage_app.selectors.boxes import Place
from lineage_app.selectors.paths import Ways, ways_between
from lineage_app.selectors.view import View
from lineage_app.selectors.windows import Scene, picture


def ways_window(start: int, end: int, view: View) -> tuple[Ways, Window]:
    """Return the ways between two datasets and their window; where data flows from `end` to `start`, those ways."""
    ways = ways_between(start, end, moment=view.moment, limit=view.limit)
    first = ways.end if ways.turned else ways.start
    places = {pk: Place(hops) for pk, hops in levels(first, ways.edges).items()} if ways else {}
    return ways, picture(Scene(str(first), places, pairs=frozenset(ways.edges)), view)


def levels(start: int, edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return how many edges each dataset lies from `start`.

    >>> levels(1, [(1, 2), (2, 4), (1, 3), (3, 4)])
    {1: 0, 2: 1, 3: 1, 4: 2}
    """
    onward: dict[int, list[int]] = {}
    for src, dst in edges:
        onward.setdefault(src, []).append(dst)
    found, frontier = {start: 0}, [start]
    while frontier:
        reached = dict.fromkeys(dst for src in frontier for dst in onward.get(src, ()) if dst not in found)
        found |= dict.fromkeys(reached, found[frontier[0]] + 1)
        frontier = list(reached)
    return found
