"""Who is hit: everything up- or downstream of a dataset, narrowed, counted by layer and owner, and the jobs that only
read it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse

from lineage_app.models import Dataset, Edge, Job, JobUse, RunIO
from lineage_app.selectors.closure import Tree, tree_of
from lineage_app.selectors.moments import Moment

NOT_SAID = "not said"
NOBODY = "nobody"
READERS = 200
REACHED = 20_000
"""How many datasets one answer goes through; `Impact.tree.whole` says whether that was all."""


class Hit(NamedTuple):
    """A dataset that is reached, `distance` edges away; layer and owner are NOT_SAID and NOBODY where unknown."""

    pk: int
    namespace: str
    name: str
    kind: str
    layer: str
    owner: str
    tier: int | None
    distance: int

    @property
    def url(self) -> str:
        """The address of its page."""
        return reverse("lineage:dataset", args=[self.pk])


@dataclass(frozen=True)
class Narrow:
    """Which of them are asked for; empty means all."""

    layer: str = ""
    owner: str = ""
    tier: int | None = None
    distance: int | None = None

    def takes(self, hit: Hit) -> bool:
        """Whether this one is asked for; `distance` is the farthest."""
        return (
            self.layer in ("", hit.layer)
            and self.owner in ("", hit.owner)
            and (self.tier is None or hit.tier == self.tier)
            and (self.distance is None or hit.distance <= self.distance)
        )


@dataclass(frozen=True)
class Impact:
    """What is reached, nearest first: `hits` as narrowed, `total` without that, and the counts of all."""

    hits: Sequence[Hit]
    total: int
    layers: list[tuple[str, int]]
    owners: list[tuple[str, int]]
    tree: Tree = field(repr=False)
    names: dict[int, str] = field(repr=False)

    def way(self, hit: Hit) -> list[str]:
        """Return the names on a shortest way to it, start and end included."""
        return [self.names[pk] for pk in self.tree.way(hit.pk)]

    def told(self, hits: Iterable[Hit]) -> dict[int, str]:
        """Return how the last step to each of them is known: seen, or only declared."""
        last = {(self.tree.before[hit.pk], hit.pk) for hit in hits}
        ends = {end for pair in last for end in pair}
        rows = Edge.objects.filter(src__in=ends, dst__in=ends, is_foreign=False, state="seen").order_by()
        seen = {frozenset(pair) for pair in rows.values_list("src", "dst")}
        return {pk: "seen" if frozenset((before, pk)) in seen else "declared" for before, pk in last}


class Reader(NamedTuple):
    """A job that reads a dataset and never was seen to write one, such as a dashboard."""

    job: Job
    dataset: str
    distance: int


def impact_of(focus: Dataset, *, down: bool, moment: Moment, narrow: Narrow) -> Impact:
    """Return everything that `focus` feeds (`down`) or is fed by at that moment, nearest first."""
    tree = tree_of([focus.root_pk], down=down, moment=moment, limit=REACHED)
    names: dict[int, str] = {}
    found = []
    for hit in _hits(tree):
        names[hit.pk] = hit.name
        if hit.distance:
            found.append(hit)
    found.sort(key=lambda hit: (hit.distance, hit.namespace, hit.name))
    return Impact(
        hits=[hit for hit in found if narrow.takes(hit)],
        total=len(found),
        layers=_counted(hit.layer for hit in found),
        owners=_counted(hit.owner for hit in found),
        tree=tree,
        names=names,
    )


def readers_of(impact: Impact, focus: Dataset, moment: Moment) -> list[Reader]:
    """Return jobs that read `focus` or what it reaches and write nothing, nearest first, READERS at most."""
    if moment.known_at is not None:
        return []
    writes = JobUse.objects.filter(job=OuterRef("job"), role=RunIO.Role.OUTPUT)
    places = {focus.root_pk: 0} | {hit.pk: hit.distance for hit in impact.hits}
    reads = RunIO.objects.filter(
        run__job=OuterRef("job"), dataset=OuterRef("dataset"), role=RunIO.Role.INPUT, is_foreign=False
    )
    rows = JobUse.objects.filter(Exists(reads), dataset__in=places, role=RunIO.Role.INPUT).exclude(Exists(writes))
    read = [Reader(row.job, row.dataset.name, places[row.dataset_id]) for row in rows.select_related("job", "dataset")]
    return sorted(read, key=lambda reader: (reader.distance, reader.job.name))[:READERS]


def _hits(tree: Tree) -> Iterator[Hit]:
    columns = ("pk", "namespace", "name", "kind", "layer", "asset__kind", "asset__layer", "asset__owner_team__name",
               "asset__tier")  # fmt: skip
    rows = Dataset.objects.filter(pk__in=tree.distance).order_by().values_list(*columns)
    for pk, namespace, name, kind, layer, asset_kind, asset_layer, owner, tier in rows:
        known = (asset_kind or kind).replace("_", " ")
        layer = asset_layer or layer or NOT_SAID
        yield Hit(pk, namespace, name, known, layer, owner or NOBODY, tier, tree.distance[pk])


def _counted(words: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(words).items(), key=lambda each: (-each[1], each[0]))
