"""The life of a version: what stands between it and force, the dates that the contract sets, and following it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app import selectors
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version
from contracts_app.tabs import tab
from portal.core.identity.policies import Act, may


@tab(key="life", title="Life and dates", order=28, template="contracts_app/tabs/life.html")
def life_tab(request: HttpRequest, version: Version) -> dict[str, Any]:
    """Conditions first, then every date of the contract's versions."""
    return {
        "conditions": selectors.conditions_of(version),
        "deadlines": selectors.deadlines_of_contract(version.contract),
        "may_retire": version.state == State.ACTIVE and may(request.user, Act.SIGN_PRODUCER, version.contract),
        "subscription": selectors.follows(request.user, version.contract),
    }
