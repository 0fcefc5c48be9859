"""The rule set as each engine runs it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app import selectors
from contracts_app.models import Version
from contracts_app.tabs import tab


@tab(key="rules", title="Rules as SQL", order=90, template="contracts_app/tabs/rules.html")
def rules_tab(_request: HttpRequest, version: Version) -> dict[str, Any]:
    """Each rule as written and compiled; nothing where the check finds errors."""
    return {"rule_set": selectors.rule_set(version) if version.loaded.ok else None}
