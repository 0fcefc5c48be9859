"""Where personal columns flow: along column links where they are known, along whole edges where they are not.

Cautious on purpose: an edge without column lineage carries everything. A masked link carries nothing; an INDIRECT one
(a filter, a join key) influences rows but copies no value.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import NamedTuple

Link = tuple[str, str, bool]
"""(source column, target column, whether it copies the value); "" means the whole dataset."""


class Reach(NamedTuple):
    """What of a dataset may be personal: `columns` by name, or None when all of it must be assumed."""

    columns: frozenset[str] | None
    distance: int


def spread(
    starts: Mapping[int, Iterable[str] | None],
    edges: Iterable[tuple[int, int]],
    links: Mapping[tuple[int, int], list[Link]],
) -> dict[int, Reach]:
    """Return what is reached from the datasets `starts`, themselves included; their columns are personal, all for None.

    >>> spread({1: ["email"]}, [(1, 2), (2, 3)], {(1, 2): [("email", "mail", True), ("id", "id", True)]})[3].columns
    >>> spread({1: ["email"]}, [(1, 2)], {(1, 2): [("email", "mail", True)]})[2].columns
    frozenset({'mail'})
    """
    targets: dict[int, list[int]] = {}
    for src, dst in edges:
        targets.setdefault(src, []).append(dst)
    reached = {pk: Reach(None if columns is None else frozenset(columns), 0) for pk, columns in starts.items()}
    queue = deque(reached)
    while queue:
        src = queue.popleft()
        for dst in targets.get(src, ()):
            carried = _carried(reached[src].columns, links.get((src, dst)))
            known = reached.get(dst)
            if carried == frozenset() and known is None:
                continue
            merged = _union(known.columns, carried) if known else carried
            if known is None or merged != known.columns:
                reached[dst] = Reach(merged, known.distance if known else reached[src].distance + 1)
                queue.append(dst)
    return reached


def _carried(columns: frozenset[str] | None, links: list[Link] | None) -> frozenset[str] | None:
    if not links:
        return None
    copied = [(src, dst) for src, dst, copies in links if copies and (columns is None or src == "" or src in columns)]
    if any(dst == "" for _, dst in copied):
        return None
    return frozenset(dst for _, dst in copied)


def _union(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other
