"""The names that symlinks and people join: who is one with whom, and which of them stands for the group."""

from django.db.models import Q

from lineage_app.domain.aliases import representatives
from lineage_app.domain.names import Name
from lineage_app.models import Dataset, DatasetLink
from lineage_app.services import edges
from lineage_app.services.naming import relink_assets, save_datasets

SYMLINK = DatasetLink.Source.SYMLINK


def join(links: dict[int, set[Name]], *, source: str = SYMLINK) -> None:
    """Replace the links of this source that start at these datasets and regroup all they touch."""
    others = save_datasets(set().union(*links.values()))
    DatasetLink.objects.filter(dataset__in=links, source=source).delete()
    DatasetLink.objects.bulk_create(
        DatasetLink(dataset_id=pk, other=others[name], source=source)
        for pk, names in links.items()
        for name in sorted(names)
    )
    regroup(set(links) | {row.pk for row in others.values()})


def regroup(touched: set[int]) -> None:
    """Give every group that holds one of `touched` its representative and its asset, and sum up its edges anew."""
    members = group_of(touched)
    rows = {row.pk: row for row in Dataset.objects.filter(pk__in=members)}
    pairs = DatasetLink.objects.filter(dataset__in=members).values_list("dataset", "other")
    name_of = {pk: Name(row.namespace, row.name) for pk, row in rows.items()}
    pk_of = {name: pk for pk, name in name_of.items()}
    root = representatives((name_of[one], name_of[other]) for one, other in pairs)
    moved = []
    for pk, row in rows.items():
        chosen = pk_of[root.get(name_of[pk], name_of[pk])]
        new = chosen if chosen != pk else None
        if row.root_id != new:
            row.root_id = new
            moved.append(row)
    if moved:
        Dataset.objects.bulk_update(moved, ["root"])
        relink_assets(members)
        edges.recompute_touching(members)


def group_of(seeds: set[int]) -> set[int]:
    """Return all datasets that links or a present representative connect with `seeds`:
    also those that a link just taken away kept together.
    """
    members, frontier = set(seeds), set(seeds)
    while frontier:
        pairs = set(
            DatasetLink.objects.filter(Q(dataset__in=frontier) | Q(other__in=frontier)).values_list("dataset", "other")
        )
        roots = Dataset.objects.filter(Q(pk__in=frontier, root__isnull=False) | Q(root__in=frontier))
        pairs |= {(pk, root) for pk, root in roots.values_list("pk", "root") if root is not None}
        frontier = {pk for pair in pairs for pk in pair} - members
        members |= frontier
    return members
