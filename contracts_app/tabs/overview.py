"""The first tab: state, promises, signatures and what has to happen next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app import selectors
from contracts_app.models import Version
from contracts_app.tabs import tab


@tab(key="overview", title="Overview", order=10, template="contracts_app/tabs/overview.html")
def overview_tab(_request: HttpRequest, version: Version) -> dict[str, Any]:
    """What the version says in short, and who signed it."""
    about: dict[str, Any] = {"findings": version.loaded.findings, "roles": selectors.signatures_by_role(version)}
    if version.loaded.document is not None:
        about["unresolved"] = selectors.unresolved(version.document)
        about["terms"] = selectors.slo_terms(version)
    return about
