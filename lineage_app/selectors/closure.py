"""Everything up- or downstream, over the whole retention window: what impact lists and deletion plans stand on.

Datasets come by one deduplicating recursive query, in breadth-first order, so that a limit keeps the nearest;
distance and way are counted afterwards (a depth column inside the recursion costs up to nine times).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lineage_app.domain.names import Name
from lineage_app.models import Dataset
from lineage_app.selectors.moments import Moment
from lineage_app.selectors.rewrites import rules_in_force
from lineage_app.selectors.steps import edges_from, rows, step

NOW = Moment()


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


@dataclass(frozen=True)
class Tree:
    """What is reached from some datasets, nearest first, each by the dataset before it on a shortest way.

    `whole` is False where a limit left the farthest out.
    """

    before: dict[int, int | None]
    distance: dict[int, int]
    whole: bool = True

    def way(self, dataset: int) -> tuple[int, ...]:
        """Return a shortest way to it, start and end included."""
        steps: list[int] = []
        at: int | None = dataset
        while at is not None:
            steps.append(at)
            at = self.before[at]
        return tuple(reversed(steps))


def downstream_datasets(asset_id: int, *, as_of: datetime | None = None, known_at: datetime | None = None) -> list[Hop]:
    """Return what the asset's datasets feed, nearest first; all of it, however much."""
    return _hops(roots_of_asset(asset_id), down=True, moment=Moment(as_of, known_at))


def upstream_datasets(asset_id: int, *, as_of: datetime | None = None, known_at: datetime | None = None) -> list[Hop]:
    """Return what feeds the asset's datasets, nearest first; all of it, however much."""
    return _hops(roots_of_asset(asset_id), down=False, moment=Moment(as_of, known_at))


def reach_of(
    dataset: Dataset, *, down: bool, as_of: datetime | None = None, known_at: datetime | None = None
) -> list[Hop]:
    """Return what one dataset feeds (`down`) or is fed by, nearest first; selectors.impact answers by the page."""
    return _hops([dataset.root_pk], down=down, moment=Moment(as_of, known_at))


def downstream(namespace: str, name: str) -> list[Hop]:
    """Return what the dataset of this name feeds, nearest first; nothing where no event spoke of it."""
    known_as = Name(rules_in_force().dataset(namespace), name)
    dataset = Dataset.objects.filter(key=known_as.key).first()
    return _hops([dataset.root_pk], down=True, moment=NOW) if dataset else []


def roots_of_asset(asset_id: int) -> list[int]:
    """Return the representatives of the datasets that the asset claims."""
    claimed = Dataset.objects.filter(asset=asset_id).values_list("pk", "root")
    return sorted({root or pk for pk, root in claimed})


def reached(roots: Iterable[int], *, down: bool, moment: Moment = NOW, limit: int | None = None) -> list[int]:
    """Return the datasets that are reached, `roots` first, then nearest first; the first `limit` of them."""
    one = step(moment, down=down)
    statement = f"""
        WITH RECURSIVE reach(id) AS (
            SELECT unnest(%(roots)s::bigint[])
            UNION
            SELECT {one.far} FROM reach r JOIN {one.edges} WHERE {one.counts}
        ) SELECT id FROM reach LIMIT %(limit)s"""  # noqa: S608  # PostgreSQL goes no farther than the limit asks
    return [pk for (pk,) in rows(statement, one.values | {"roots": list(roots), "limit": limit})]


def closure_edges(
    roots: Iterable[int], *, down: bool = True, moment: Moment = NOW, limit: int | None = None
) -> list[tuple[int, int]]:
    """Return every counting edge between the first `limit` datasets that are reached, as (near end, far end)."""
    return _between(reached(roots, down=down, moment=moment, limit=limit), moment, down=down)


def tree_of(roots: Iterable[int], *, down: bool, moment: Moment = NOW, limit: int | None = None) -> Tree:
    """Return the shortest ways from `roots` to the nearest `limit` datasets, `roots` among them."""
    starts = list(roots)
    found = reached(starts, down=down, moment=moment, limit=limit and limit + 1)
    whole = limit is None or len(found) <= limit
    tree = shortest_ways(starts, _between(found[:limit], moment, down=down))
    return Tree(tree.before, tree.distance, whole)


def shortest_ways(roots: Iterable[int], edges: Iterable[tuple[int, int]]) -> Tree:
    """Return a shortest way from one of `roots` to each node, by breadth-first search.

    >>> shortest_ways([1], [(1, 2), (2, 3), (1, 3), (3, 1)]).way(3)
    (1, 3)
    """
    onward: dict[int, list[int]] = {}
    for near, far in edges:
        onward.setdefault(near, []).append(far)
    tree = Tree(dict.fromkeys(roots), dict.fromkeys(roots, 0))
    queue = deque(tree.before)
    while queue:
        node = queue.popleft()
        for far in onward.get(node, ()):
            if far not in tree.before:
                tree.before[far], tree.distance[far] = node, tree.distance[node] + 1
                queue.append(far)
    return tree


def _between(found: list[int], moment: Moment, *, down: bool) -> list[tuple[int, int]]:
    inside = set(found)
    return [edge for edge in edges_from(found, moment, down=down) if edge[1] in inside]


def _hops(roots: list[int], *, down: bool, moment: Moment) -> list[Hop]:
    if not roots:
        return []
    tree = tree_of(roots, down=down, moment=moment)
    datasets = Dataset.objects.defer("facets").select_related("asset__owner_team").in_bulk(tree.before)
    found = [
        Hop(datasets[pk], distance, tuple(datasets[each].name for each in tree.way(pk)))
        for pk, distance in tree.distance.items()
        if distance
    ]
    return sorted(found, key=lambda hop: (hop.distance, hop.namespace, hop.name))
