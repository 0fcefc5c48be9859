"""The authored bytes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app.models import Version
from contracts_app.tabs import tab


@tab(key="yaml", title="YAML", order=20, template="contracts_app/tabs/yaml.html")
def yaml_tab(_request: HttpRequest, version: Version) -> dict[str, Any]:
    """The text exactly as it was proposed."""
    return {"text": version.text}
