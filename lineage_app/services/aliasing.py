"""What outlives a run about a dataset: its newest facets, its kind and layer, and the names that symlinks join."""

from collections.abc import Iterable
from itertools import chain

from django.db.models import Q

from lineage_app.domain.aliases import read_symlinks, representatives
from lineage_app.domain.merging import current, merge
from lineage_app.domain.names import Name
from lineage_app.domain.node_types import classify
from lineage_app.domain.projection import dataset_facets
from lineage_app.domain.runs import Received
from lineage_app.models import Dataset, DatasetLink
from lineage_app.services import edges
from lineage_app.services.naming import Names, save_datasets


def save_facets(groups: Iterable[list[Received]], names: Names) -> None:
    """Lay the facets of these events over what is known, and join names where symlinks changed."""
    changed: list[Dataset] = []
    rejoin: dict[int, set[Name]] = {}
    for name, sent in dataset_facets(chain.from_iterable(groups)).items():
        row = names.datasets.get(name) or save_datasets([name])[name]
        names.datasets.setdefault(name, row)
        before = current(row.facets)
        row.facets = merge(row.facets, sent)
        now = current(row.facets)
        if now != before:
            row.kind, row.layer = classify(name, now)
        links, old = read_symlinks(now.get("symlinks")) - {name}, read_symlinks(before.get("symlinks")) - {name}
        if links != old:
            rejoin[row.pk] = links
        changed.append(row)
    Dataset.objects.bulk_update(changed, ["facets", "kind", "layer"], batch_size=500)
    if rejoin:
        _join(rejoin)
        _refresh_roots(names)


def _join(links: dict[int, set[Name]]) -> None:
    """Replace the links of these datasets and give every touched group its representative."""
    others = save_datasets(set().union(*links.values()))
    touched = set(links) | {row.pk for row in others.values()}
    touched |= set(DatasetLink.objects.filter(dataset__in=links).values_list("other", flat=True))
    before = _group(touched)
    DatasetLink.objects.filter(dataset__in=links).delete()
    DatasetLink.objects.bulk_create(
        DatasetLink(dataset_id=pk, other=others[name]) for pk, names in links.items() for name in sorted(names)
    )
    members = before | _group(touched)
    rows = {row.pk: row for row in Dataset.objects.filter(pk__in=members)}
    pairs = DatasetLink.objects.filter(dataset__in=members).values_list("dataset", "other")
    name_of = {pk: Name(row.namespace, row.name) for pk, row in rows.items()}
    pk_of = {name: pk for pk, name in name_of.items()}
    root = representatives((name_of[one], name_of[other]) for one, other in pairs)
    for pk, row in rows.items():
        chosen = pk_of[root.get(name_of[pk], name_of[pk])]
        row.root_id = chosen if chosen != pk else None
    Dataset.objects.bulk_update(rows.values(), ["root"])
    edges.recompute_touching(members)


def _group(seeds: set[int]) -> set[int]:
    """Return all datasets that links connect with `seeds`."""
    members, frontier = set(seeds), set(seeds)
    while frontier:
        pairs = DatasetLink.objects.filter(Q(dataset__in=frontier) | Q(other__in=frontier)).values_list(
            "dataset", "other"
        )
        frontier = {pk for pair in pairs for pk in pair} - members
        members |= frontier
    return members


def _refresh_roots(names: Names) -> None:
    roots = dict(Dataset.objects.filter(pk__in=[d.pk for d in names.datasets.values()]).values_list("pk", "root"))
    for row in names.datasets.values():
        row.root_id = roots[row.pk]
