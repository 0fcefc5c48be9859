"""Names that are one dataset: who said so, and who may."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from lineage_app.domain.names import Name
from lineage_app.models import Dataset, DatasetLink, Edge, Merge
from lineage_app.selectors.rewrites import rules_in_force
from lineage_app.selectors.schemas import columns_sent
from portal.core.identity.policies import Act, may

if TYPE_CHECKING:
    from portal.core.identity.models import User


@dataclass(frozen=True)
class OtherName:
    """Another name of a dataset, and why it is one: the merges that join it; none where a symlinks facet does."""

    dataset: Dataset
    merges: tuple[Merge, ...]


def merges_in_force() -> QuerySet[Merge]:
    """Return the merges that nobody took back, the latest first."""
    return Merge.objects.filter(undone_at=None).select_related("said_by")


def undone_merges() -> QuerySet[Merge]:
    """Return the merges that were taken back, the latest first."""
    return Merge.objects.exclude(undone_at=None).select_related("said_by", "undone_by").order_by("-undone_at")


def known_as(row: Merge) -> list[Dataset]:
    """Return the rows of the merge's two names as the rules in force write them; `asset` and `root` loaded."""
    rules = rules_in_force()
    keys = [Name(rules.dataset(name.namespace), name.name).key for name in (row.left, row.right)]
    return list(Dataset.objects.select_related("asset__owner_team", "root__asset").filter(key__in=keys))


def candidates(dataset: Dataset, text: str) -> QuerySet[Dataset]:
    """Return datasets that could be another name of `dataset`: those that hold `text`, else those that end alike."""
    others = Dataset.objects.filter(root=None).exclude(pk=dataset.root_pk).select_related("asset__owner_team")
    if text:
        return others.filter(Q(name__icontains=text) | Q(namespace__icontains=text))
    last = re.split(r"[./:]", dataset.name)[-1]
    return others.filter(name__iendswith=last) if last else others.none()


@dataclass(frozen=True)
class Compared:
    """One of two names side by side: what is known of it."""

    dataset: Dataset
    feeds: int
    fed_by: int
    columns: tuple[str, ...]


def comparison(*datasets: Dataset) -> list[Compared]:
    """Return what is known of each: neighbours and column names, for a person who decides whether they are one."""
    return [
        Compared(
            row,
            Edge.objects.filter(src=row.root_pk).values("dst").distinct().count(),
            Edge.objects.filter(dst=row.root_pk).values("src").distinct().count(),
            tuple(str(field["name"]) for field in columns_sent(row)),
        )
        for row in datasets
    ]


def may_merge(user: "User", *datasets: Dataset | None) -> bool:
    """Whether the person may say, or take back, that these are one.

    An administrator may; so may an owner in the team of each of them that an asset claims, where one at least is.
    """
    if may(user, Act.ADMINISTER):
        return True
    assets = [asset for row in datasets if row is not None and (asset := claimed_by(row)) is not None]
    return bool(assets) and all(may(user, Act.SIGN_PRODUCER, asset) for asset in assets)


def claimed_by(row: Dataset) -> Any:
    """Return the asset that claims the dataset or its representative, None where none does."""
    return row.asset or (row.root.asset if row.root else None)


def other_names(dataset: Dataset) -> list[OtherName]:
    """Return the names joined with the representative `dataset`, each with the merges that speak of it."""
    joined = list(dataset.joined.all())
    if not joined:
        return []
    members = {row.pk: row for row in (dataset, *joined)}
    manual = DatasetLink.objects.filter(dataset__in=members, source=DatasetLink.Source.MANUAL)
    said: dict[Name, list[Merge]] = {}
    if manual.exists():
        rules = rules_in_force()
        for merge in merges_in_force():
            for name in (merge.left, merge.right):
                said.setdefault(Name(rules.dataset(name.namespace), name.name), []).append(merge)
    return [OtherName(row, tuple(said.get(Name(row.namespace, row.name), ()))) for row in joined]
