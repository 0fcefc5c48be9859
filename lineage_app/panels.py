"""What lineage shows on the asset page."""

from typing import Any

from lineage_app.selectors import View, datasets_of_asset, latest_runs, window
from portal.core.catalog.panels import panel


@panel(key="lineage", title="Lineage", order=20, template="lineage_app/_partials/asset_panel.html")
def lineage_panel(user: Any, asset: Any) -> dict[str, Any]:
    """Return the datasets of the asset, each with what feeds it and what it feeds, and the latest runs."""
    del user  # reading lineage is everybody's right
    shown = [(dataset, window(dataset, View(), limit=20)) for dataset in datasets_of_asset(asset.pk)]
    return {"asset": asset, "windows": shown, "runs": latest_runs(asset)}
