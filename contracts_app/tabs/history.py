"""Everything that happened to the contract."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app import selectors
from contracts_app.models import Version
from contracts_app.tabs import tab


@tab(key="history", title="History", order=85, template="contracts_app/tabs/history.html")
def history_tab(_request: HttpRequest, version: Version) -> dict[str, Any]:
    """Newest first."""
    return {"happened": selectors.history_of(version.contract)}
