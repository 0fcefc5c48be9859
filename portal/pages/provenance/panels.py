"""The way from an asset to its provenance."""

from __future__ import annotations

from typing import Any

from portal.core.catalog.panels import panel
from portal.pages.provenance.selectors.kept import outputs


@panel(key="provenance", title="Provenance", order=25, template="pages/provenance/_partials/asset_panel.html")
def provenance_panel(user: Any, asset: Any) -> dict[str, Any]:
    """The question about the asset as it stands now, and the newest outputs that it registered as a product."""
    newest = list(outputs(user, product=asset.key)[:5])
    kind = "model" if asset.kind == "model" else "dataset"
    return {"question": f"{kind}:{asset.key}", "outputs": newest, "asset": asset}
