"""Everything up- or downstream, over the whole retention window: what impact lists and deletion plans stand on.

Seen and declared edges count, failed and foreign ones do not. An edge counts from its first event on, so `as_of`
asks what was known to exist at that event time.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from lineage_app.domain.names import Name
from lineage_app.models import Dataset

_CLOSURE = """
WITH RECURSIVE reach(id) AS (
    SELECT unnest(%s::bigint[])
    UNION
    SELECT e.{far} FROM reach r JOIN lineage_app_edge e ON e.{near} = r.id
    WHERE e.state IN ('seen', 'declared') AND NOT e.is_foreign AND e.first_seen <= coalesce(%s::timestamptz, 'infinity')
)
SELECT DISTINCT e.{near}, e.{far} FROM reach r JOIN lineage_app_edge e ON e.{near} = r.id
WHERE e.state IN ('seen', 'declared') AND NOT e.is_foreign AND e.first_seen <= coalesce(%s::timestamptz, 'infinity')
"""
# the two column names are constants of ours; depth is counted afterwards, a depth column would cost up to nine times
_DOWN = _CLOSURE.format(near="src_id", far="dst_id")
_UP = _CLOSURE.format(near="dst_id", far="src_id")


@dataclass(frozen=True)
class Hop:
    """A dataset that is reached: its distance in edges and one shortest way to it, start included."""

    dataset: Dataset
    distance: int
    path: tuple[str, ...]

    @property
    def asset(self) -> Any:
        """The asset that claims it, or None."""
        return self.dataset.asset

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.dataset.namespace

    @property
    def name(self) -> str:
        """Its name."""
        return self.dataset.name

    @property
    def depth(self) -> int:
        """The distance, by the name that plans use."""
        return self.distance


def downstream_datasets(asset_id: int, *, as_of: datetime | None = None) -> list[Hop]:
    """Return what the asset's datasets feed, nearest first."""
    return _hops(roots_of_asset(asset_id), _DOWN, as_of)


def upstream_datasets(asset_id: int, *, as_of: datetime | None = None) -> list[Hop]:
    """Return what feeds the asset's datasets, nearest first."""
    return _hops(roots_of_asset(asset_id), _UP, as_of)


def reach_of(dataset: Dataset, *, down: bool, as_of: datetime | None = None) -> list[Hop]:
    """Return what one dataset feeds (`down`) or is fed by, nearest first."""
    return _hops([dataset.root_pk], _DOWN if down else _UP, as_of)


def downstream(namespace: str, name: str) -> list[Hop]:
    """Return what the dataset of this name feeds, nearest first; nothing where no event spoke of it."""
    dataset = Dataset.objects.filter(key=Name(namespace, name).key).first()
    return _hops([dataset.root_pk], _DOWN, None) if dataset else []


def roots_of_asset(asset_id: int) -> list[int]:
    """Return the representatives of the datasets that the asset claims."""
    rows = Dataset.objects.filter(asset=asset_id).values_list("pk", "root")
    return sorted({root or pk for pk, root in rows})


def closure_edges(roots: Iterable[int], *, down: bool = True, as_of: datetime | None = None) -> list[tuple[int, int]]:
    """Return every counting edge that is reached from `roots`, as (near end, far end)."""
    with connection.cursor() as cursor:
        cursor.execute(_DOWN if down else _UP, [list(roots), as_of, as_of])
        return cursor.fetchall()


def _hops(roots: list[int], statement: str, as_of: datetime | None) -> list[Hop]:
    if not roots:
        return []
    ways = _shortest_ways(roots, closure_edges(roots, down=statement is _DOWN, as_of=as_of))
    rows = Dataset.objects.select_related("asset__owner_team").in_bulk(ways)
    hops = [
        Hop(rows[pk], len(way) - 1, tuple(rows[step].name for step in way)) for pk, way in ways.items() if len(way) > 1
    ]
    return sorted(hops, key=lambda hop: (hop.distance, hop.namespace, hop.name))


def _shortest_ways(roots: list[int], edges: Iterable[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    """Return a shortest way from one of `roots` to each node, by breadth-first search.

    >>> _shortest_ways([1], [(1, 2), (2, 3), (1, 3), (3, 1)])
    {1: (1,), 2: (1, 2), 3: (1, 3)}
    """
    onward: dict[int, list[int]] = {}
    for near, far in edges:
        onward.setdefault(near, []).append(far)
    ways: dict[int, tuple[int, ...]] = {root: (root,) for root in roots}
    queue = deque(roots)
    while queue:
        node = queue.popleft()
        for far in onward.get(node, ()):
            if far not in ways:
                ways[far] = (*ways[node], far)
                queue.append(far)
    return ways
