"""What contracts show on the asset page."""

from typing import Any

from contracts_app import selectors
from contracts_app.states import state_of
from portal.core.catalog.panels import panel


@panel(key="contract", title="Contract", order=10, template="contracts_app/_partials/asset_panel.html")
def contract_panel(user: Any, asset: Any) -> dict[str, Any] | None:
    """The version in force, who signed it, and its promises."""
    del user  # everybody who may open the asset may read its contract
    version = selectors.active_version(asset.pk)
    if version is None:
        return {"version": None}
    word, kind = state_of(version)
    signatures = version.signatures.filter(voided_at=None).select_related("user", "signature")
    return {"version": version, "word": word, "kind": kind, "signatures": signatures, "document": version.document}
