"""Typing datasets: by the rules, where those changed since, and by their owner's word."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from lineage_app.domain.merging import current
from lineage_app.domain.names import Name
from lineage_app.domain.node_types import classify
from lineage_app.models import Dataset
from lineage_app.selectors.node_types import may_type
from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import actor_of

if TYPE_CHECKING:
    from portal.core.identity.models import User

CHUNK = 1_000
_FIELDS = ["kind", "layer", "kind_rule", "layer_rule"]


def retype_all() -> int:
    """Type every dataset anew by the rules as they are now and return how many changed."""
    changed: list[Dataset] = []
    count = 0
    for row in Dataset.objects.order_by().iterator(chunk_size=CHUNK):
        typed = classify(Name(row.namespace, row.name), current(row.facets))
        if typed != (row.kind, row.layer, row.kind_rule, row.layer_rule):
            row.kind, row.layer, row.kind_rule, row.layer_rule = typed
            changed.append(row)
        if len(changed) >= CHUNK:
            count += _write(changed)
    return count + _write(changed)


def _write(rows: list[Dataset]) -> int:
    count = len(rows)
    Dataset.objects.bulk_update(rows, _FIELDS)
    rows.clear()
    return count


@transaction.atomic
def type_asset(*, user: "User", dataset: Dataset, kind: str, layer: str) -> Any:
    """Say what the claimed dataset is, which goes before every rule; the catalog's entry of the ledger tells who.

    Raises PermissionDenied for anybody but a writer in the asset's team or an administrator.
    """
    asset = dataset.asset
    if asset is None or not may_type(user, dataset):
        raise PermissionDenied("Saying what an asset is needs a writer of contracts in its team.")
    return adopt_asset(actor=actor_of(user), namespace=asset.namespace, name=asset.name, kind=kind, layer=layer)
