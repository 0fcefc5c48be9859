"""What RACI adds to the page of an asset."""

from __future__ import annotations

from typing import Any

from portal.core.catalog.models import Asset, Kind
from portal.core.catalog.panels import panel

from .selectors import line_of_asset, may_propose, row_of_asset


@panel(key="raci", title="RACI", order=15, template="raci/_partials/asset_panel.html")
def raci_panel(user: Any, asset: Asset) -> dict[str, Any] | None:
    """Who does, answers, is asked and is told; nothing below tier 1 unless a signed row says so."""
    if asset.tier != 1 and asset.kind != Kind.VECTOR_INDEX and row_of_asset(asset.pk) is None:
        return None
    line = line_of_asset(asset)
    return {"line": line, "may_propose": may_propose(user, asset)}
