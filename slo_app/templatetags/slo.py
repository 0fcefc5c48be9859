"""Who answers for a number: owner, who is on call and the runbook, to stand beside every chart of an SLO."""

from __future__ import annotations

from typing import Any

from django import template

from portal.core.clock.services import now
from portal.core.oncall.selectors import on_call_of

from ..models import Slo

register = template.Library()


@register.inclusion_tag("slo_app/_partials/keepers.html")
def keepers(slo: Slo, on_call: Any = None, *, brief: bool = False) -> dict[str, Any]:
    """`on_call` spares asking who has the turn where the page knows already; `brief` is for a cell of a table."""
    if not isinstance(on_call, list):
        on_call = on_call_of(slo.owner_team, now()) if slo.owner_team else []
    return {"slo": slo, "on_call": on_call, "brief": brief}
