"""What outlives a run about a dataset: its newest facets, its kind and its layer."""

from collections.abc import Iterable
from itertools import chain

from lineage_app.domain.aliases import read_symlinks
from lineage_app.domain.merging import current, merge
from lineage_app.domain.names import Name
from lineage_app.domain.node_types import classify
from lineage_app.domain.projection import dataset_facets
from lineage_app.domain.runs import Received
from lineage_app.models import Dataset
from lineage_app.services import aliasing
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
        aliasing.join(rejoin)
        aliasing.refresh_roots(names)
