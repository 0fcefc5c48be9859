"""What stands between a contract's open version and force, for pipelines and tools."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from contracts_app import selectors
from portal.core.identity.access import token_scope
from portal.core.web.problems import problem


@token_scope("contracts:read")
@require_GET
def conditions(request: HttpRequest, name: str) -> HttpResponse:
    """Every condition of the draft, the proposal or the scheduled version of a contract, as its page shows them.

    `?version=1.2.0` asks for that one. 404 where no such version is on its way.
    """
    version = selectors.version_on_its_way(name, number=request.GET.get("version", ""))
    if version is None:
        return problem(
            404, "Nothing is on its way", f"No version of a contract named {name!r} waits to come into force."
        )
    found = selectors.conditions_of(version)
    return JsonResponse(
        {
            "name": version.contract.name,
            "version": version.number,
            "state": version.state,
            "canonical_hash": version.digest,
            "ready": all(one.met for one in found),
            "conditions": [one.as_dict() for one in found],
        }
    )
