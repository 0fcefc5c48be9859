"""What keeps git and the portal together: the list of signed contracts, and proposing a file."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from contracts_app import selectors, services
from contracts_app.domain.source import MAX_BYTES
from portal.core.identity.access import token_scope
from portal.core.web.idempotency import HEADER, key_of
from portal.core.web.problems import problem


@token_scope("contracts:read")
@require_GET
def active_list(request: HttpRequest) -> HttpResponse:
    """The contracts that have a version in force, by name, a page at a time: `next` is the `after` of the next page."""
    found, more = selectors.active_after(request.GET.get("after", "").replace("\0", "")[:200])
    rows = [
        {
            "name": version.contract.name,
            "version": version.number,
            "canonical_hash": version.digest,
            "asset": version.asset.key if version.asset else None,
        }
        for version in found
    ]
    return JsonResponse({"contracts": rows, "next": rows[-1]["name"] if more else None})


@token_scope("contracts:write")
@require_POST
def push(request: HttpRequest) -> HttpResponse:
    """Propose exactly these bytes, for the contract that their `name` says; people sign it in the portal.

    201 for a new proposal, 200 where a version of this hash stands already. The token's namespaces must cover the
    asset's.
    """
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        return problem(413, "Too large", f"A contract has at most {MAX_BYTES} bytes (1 MiB).")
    try:
        token = request.service_token  # type: ignore[attr-defined]  # set by @token_scope
        key = key_of(request) if request.headers.get(HEADER) else uuid.uuid4()
        version, new = services.push(token=token, content=request.body, key=key)
    except services.Refused as refused:
        return problem(422, "Not proposed", " ".join(refused.reasons), reasons=refused.reasons)
    except PermissionDenied as refused:
        return problem(403, "Namespace missing", str(refused))
    except BadRequest:
        return problem(400, "Key not understood", "The header Idempotency-Key must be a UUID.")
    answer = {
        "contract": version.contract.name,
        "version": version.number,
        "state": version.state,
        "canonical_hash": version.digest,
        "url": f"{settings.BASE_URL}{version.get_absolute_url()}",
    }
    return JsonResponse(answer, status=201 if new else 200)
