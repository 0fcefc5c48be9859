"""The first tab: what stands before force, promises at a glance, signatures, neighbours and history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app import selectors
from contracts_app.domain.conditions import unmet
from contracts_app.domain.lifecycle import State
from contracts_app.domain.model import DEFAULT_DEPRECATION_DAYS, DEFAULT_NOTICE_DAYS, Document
from contracts_app.models import Version
from contracts_app.tabs import tab
from portal.core.catalog.panels import panels


@tab(key="overview", title="Overview", order=10, template="contracts_app/tabs/overview.html")
def overview_tab(request: HttpRequest, version: Version) -> dict[str, Any]:
    """What an owner and a consumer look at daily."""
    roles = selectors.signatures_by_role(version)
    about: dict[str, Any] = {
        "findings": version.loaded.findings,
        "roles": roles,
        "signed": sum(link is not None for _, link in roles),
        "report": version.report,
        "happened": selectors.history_of(version.contract),
        **_conditions(version),
    }
    if version.loaded.document is not None:
        about |= _promises(request, version, version.loaded.document)
    return about


def _conditions(version: Version) -> dict[str, Any]:
    """The merge box: each condition, and how many are not met."""
    conditions = selectors.conditions_of(version)
    open_ones = unmet(conditions)
    words = f"{len(open_ones)} of {len(conditions)} not met"
    kind = "bad" if any(one.failing for one in open_ones) else "wait"
    return {"conditions": conditions, "unmet": open_ones, "unmet_words": words, "unmet_kind": kind}


def _promises(request: HttpRequest, version: Version, document: Document) -> dict[str, Any]:
    asset = selectors.asset_of(version)
    notice, window = document.notice_days, document.deprecation_days
    return {
        "asset": asset,
        "tier": version.tier or selectors.tier_of(version),
        "neighbours": selectors.neighbours_of(asset),
        "targets": selectors.deletion_targets(version),
        "unresolved": selectors.unresolved(document),
        "terms": selectors.slo_terms(version),
        "notice_days": DEFAULT_NOTICE_DAYS if notice is None else notice,
        "deprecation_days": DEFAULT_DEPRECATION_DAYS if window is None else window,
        **_live(request, version, asset),
    }


def _live(request: HttpRequest, version: Version, asset: Any) -> dict[str, Any]:
    """What the SLOs of a version in force read now, as the room above shows them on the asset's page."""
    found = next((panel for panel in panels() if panel.key == "slo"), None)
    if found is None or asset is None or version.state != State.ACTIVE:
        return {}
    shown = found.context(request.user, asset)
    return {"slo_panel": shown, "slo_template": found.template} if shown and shown.get("rows") else {}
