"""What the ledger holds of the assets in a window: contract versions that came into force, what the owner said."""

from lineage_app.domain.exports import Proof
from lineage_app.domain.window import Window
from lineage_app.models import Dataset
from portal.core.evidence.selectors import entries_naming

_KINDS = ("contracts:version:activated", "catalog:asset:changed")


def proofs_of(window: Window) -> dict[str, list[Proof]]:
    """Return by node key the newest entry of each kind about the node's asset."""
    datasets = [int(node.key) for node in window.nodes if node.role == "dataset"]
    rows = Dataset.objects.filter(pk__in=datasets, asset__isnull=False).select_related("asset").defer("facets")
    assets = {row.asset.key: str(row.pk) for row in rows if row.asset}
    newest = {(entry.payload["asset"], entry.kind): entry for entry in entries_naming(_KINDS, "asset", list(assets))}
    found: dict[str, list[Proof]] = {}
    for (asset, kind), entry in sorted(newest.items()):
        said = entry.payload
        text = f"{said['contract']} {said['version']} in force" if kind == _KINDS[0] else "owner and tier"
        found.setdefault(assets[asset], []).append(Proof(text, entry.get_absolute_url()))
    return found
