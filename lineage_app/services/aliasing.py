"""The names that symlinks join: who is one with whom, and which of them stands for the group."""

from django.db.models import Q

from lineage_app.domain.aliases import representatives
from lineage_app.domain.names import Name
from lineage_app.models import Dataset, DatasetLink
from lineage_app.services import edges
from lineage_app.services.naming import Names, save_datasets


def join(links: dict[int, set[Name]]) -> None:
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


def refresh_roots(names: Names) -> None:
    roots = dict(Dataset.objects.filter(pk__in=[d.pk for d in names.datasets.values()]).values_list("pk", "root"))
    for row in names.datasets.values():
        row.root_id = roots[row.pk]
