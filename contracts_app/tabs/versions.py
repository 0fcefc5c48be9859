"""Every version of the contract."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app.models import Version
from contracts_app.states import state_of
from contracts_app.tabs import tab


@tab(key="versions", title="Versions", order=80, template="contracts_app/tabs/versions.html")
def versions_tab(_request: HttpRequest, version: Version) -> dict[str, Any]:
    """Newest first, each to be opened or compared."""
    found = version.contract.versions.select_related("proposed_by")
    return {"rows": [(each, *state_of(each)) for each in found]}
