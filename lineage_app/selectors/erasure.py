"""What an erasure has to reach: every dataset that was ever fed from some, over the whole retention window.

A dataset that was dropped stays in the answer, since a drop of the name says nothing about copies, files or versions;
one that was renamed leads on to its new name. Constant in queries, however many datasets begin it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from lineage_app.domain.names import Name
from lineage_app.models import Dataset, DatasetLife, Edge, JobUse, RunIO
from lineage_app.selectors.closure import closure_edges, shortest_ways
from lineage_app.selectors.lifecycle import endings
from lineage_app.selectors.personal import spread_over
from lineage_app.selectors.rewrites import rules_in_force

MOST_RENAMES = 50


@dataclass(frozen=True)
class Start:
    """A dataset known to hold a subject: its name, the asset that claims it, and which columns are personal.

    `columns` None stands for all of them.
    """

    namespace: str
    name: str
    asset_id: int | None
    columns: frozenset[str] | None = None


@dataclass(frozen=True)
class Copy:
    """A dataset that is reached, starts among them: one shortest way to it, and whether a personal column gets there.

    `ended` says that it was dropped or renamed, empty where it was not.
    """

    dataset: Dataset
    way: tuple[str, ...]
    personal: bool
    is_start: bool
    ended: str

    @property
    def key(self) -> str:
        """Namespace and name as one text."""
        return f"{self.dataset.namespace}/{self.dataset.name}"

    @property
    def asset(self) -> Any:
        """The asset that claims it, or None."""
        return self.dataset.asset


@dataclass(frozen=True)
class Copies:
    """Everything that is reached, by dataset, and the edges between: (from, to), renames among them."""

    found: dict[int, Copy]
    edges: tuple[tuple[int, int], ...]


def copies_of(starts: Iterable[Start]) -> Copies:
    """Return what some datasets feed, and have fed, themselves included where lineage knows them."""
    roots = _roots(list(starts))
    if not roots:
        return Copies({}, ())
    edges = _edges_over_renames(list(roots))
    tree = shortest_ways(roots, edges)
    personal = spread_over(roots, edges)
    datasets = Dataset.objects.defer("facets").select_related("asset__owner_team").in_bulk(tree.before)
    over = endings(tree.before)
    found = {
        pk: Copy(
            datasets[pk],
            tuple(datasets[each].name for each in tree.way(pk)),
            pk in personal,
            pk in roots,
            over[pk].text if pk in over else "",
        )
        for pk in tree.before
    }
    return Copies(found, tuple(sorted(set(edges))))


def _roots(starts: list[Start]) -> dict[int, frozenset[str] | None]:
    """Each start's representative with its personal columns; where two starts are one dataset, both count."""
    rules = rules_in_force()
    by_key = {Name(rules.dataset(each.namespace), each.name).key: each for each in starts}
    by_asset = {each.asset_id: each for each in starts if each.asset_id is not None}
    wanted = Q(asset__in=list(by_asset)) | Q(key__in=list(by_key))
    roots: dict[int, frozenset[str] | None] = {}
    for pk, root, asset, key in Dataset.objects.filter(wanted).values_list("pk", "root", "asset", "key"):
        for start in filter(None, (by_asset.get(asset), by_key.get(key))):
            roots[root or pk] = _both(roots, root or pk, start.columns)
    return roots


def _both(roots: Mapping[int, frozenset[str] | None], pk: int, columns: frozenset[str] | None) -> frozenset[str] | None:
    known = roots.get(pk, frozenset())
    return None if columns is None or known is None else known | columns


def _edges_over_renames(roots: list[int]) -> list[tuple[int, int]]:
    """Every edge downstream; where a name was left for another, on from that one as well."""
    begun, renames = list(roots), set[tuple[int, int]]()
    for _ in range(MOST_RENAMES):
        edges = closure_edges(begun)
        inside = {*begun, *(far for _, far in edges)}
        new = _renames(inside) - renames
        renames |= new
        ahead = {far for _, far in new} - inside
        if not ahead:
            break
        begun += sorted(ahead)
    return [*edges, *sorted(renames)]


def _renames(inside: set[int]) -> set[tuple[int, int]]:
    """(old, new) of each dataset at hand that was renamed."""
    left = DatasetLife.objects.filter(Q(dataset__in=inside) | Q(dataset__root__in=inside), state=DatasetLife.State.LEFT)
    rows = left.exclude(other=None).values_list("dataset", "dataset__root", "other", "other__root")
    pairs = {(old_root or old, new_root or new) for old, old_root, new, new_root in rows}
    return {(old, new) for old, new in pairs if old != new}


def readers_of(datasets: Iterable[int]) -> dict[int, list[str]]:
    """Return the names of the jobs that read each dataset, those that write nothing (a dashboard) among them."""
    wanted = list(datasets)
    found: dict[int, set[str]] = {}
    edges = Edge.objects.filter(src__in=wanted, is_foreign=False, state__in=("seen", "declared")).exclude(job=None)
    for pk, namespace, name in edges.values_list("src", "job__namespace", "job__name"):
        found.setdefault(pk, set()).add(f"{namespace}/{name}")
    uses = JobUse.objects.filter(Q(dataset__in=wanted) | Q(dataset__root__in=wanted), role=RunIO.Role.INPUT)
    for pk, root, namespace, name in uses.values_list("dataset", "dataset__root", "job__namespace", "job__name"):
        found.setdefault(root or pk, set()).add(f"{namespace}/{name}")
    return {pk: sorted(names) for pk, names in found.items()}
