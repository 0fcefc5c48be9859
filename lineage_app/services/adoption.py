"""Claiming datasets that events brought: as assets of one's own, one or many, or as another name of an asset."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from lineage_app import evidence_kinds
from lineage_app.models import Dataset
from portal.core.catalog.services import add_alias, adopt_asset
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, may

if TYPE_CHECKING:
    from portal.core.identity.models import User

LONGEST_ALIAS = 1_000


class AliasRefused(ValueError):
    """The dataset cannot be linked to this asset; the text says why and what to do."""


@transaction.atomic
def adopt(*, actor: Actor, dataset: Dataset, kind: str, layer: str, team: Any) -> Any:
    """Make (or find) the asset of the dataset's name and link every name that is joined with it; return the asset."""
    asset = adopt_asset(
        actor=actor, namespace=dataset.namespace, name=dataset.name, kind=kind, layer=layer, owner_team=team
    )
    _link(dataset, asset)
    return asset


@transaction.atomic
def adopt_many(*, actor: Actor, datasets: Iterable[Dataset], team: Any) -> int:
    """Claim these datasets for `team` with the kinds and layers that the rules give them; return how many were loose.

    One that somebody claimed meanwhile is left to them.
    """
    loose = Dataset.objects.select_for_update().filter(pk__in=[row.pk for row in datasets], root=None, asset=None)
    claimed = 0
    for row in loose.order_by("pk"):
        adopt(actor=actor, dataset=row, kind=row.kind, layer=row.layer, team=team)
        claimed += 1
    return claimed


@transaction.atomic
def link_to_asset(*, user: "User", dataset: Dataset, asset: Any) -> Any:
    """Say that the dataset is this asset under another name, which becomes an alias of the asset; return the asset.

    Raises PermissionDenied for anybody but a writer in the asset's team or an administrator, AliasRefused where the
    name is too long or names another asset.
    """
    if not may_link(user, asset):
        raise PermissionDenied("Linking needs a writer of contracts in the team of that asset.")
    text = f"{dataset.namespace}/{dataset.name}"
    if len(text) > LONGEST_ALIAS:
        raise AliasRefused(f"The dataset's name has over {LONGEST_ALIAS} characters: merge the two datasets instead.")
    if dataset.asset_id == asset.pk:
        return asset
    if dataset.asset is not None:
        raise AliasRefused(f"{dataset.asset} claims the dataset already.")
    add_alias(text=text, asset=asset)
    _link(dataset, asset)
    record(evidence_kinds.LINKED, actor=actor_of(user), payload={"dataset": text, "asset": asset.key})
    return asset


def may_link(user: "User", asset: Any) -> bool:
    """Whether the person may give the asset another name."""
    return may(user, Act.ADMINISTER) or may(user, Act.WRITE_CONTRACT, asset)


def _link(dataset: Dataset, asset: Any) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(asset=asset)
    dataset.joined.filter(asset=None).update(asset=asset)
