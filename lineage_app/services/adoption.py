"""Claiming a dataset that events brought."""

from typing import Any

from django.db import transaction

from lineage_app.models import Dataset
from portal.core.catalog.services import adopt_asset
from portal.core.evidence.actors import Actor


@transaction.atomic
def adopt(*, actor: Actor, dataset: Dataset, kind: str, layer: str, team: Any) -> Any:
    """Make (or find) the asset of the dataset's name and link every name that is joined with it; return the asset."""
    asset = adopt_asset(
        actor=actor, namespace=dataset.namespace, name=dataset.name, kind=kind, layer=layer, owner_team=team
    )
    Dataset.objects.filter(pk=dataset.pk).update(asset=asset)
    dataset.joined.filter(asset=None).update(asset=asset)
    return asset
