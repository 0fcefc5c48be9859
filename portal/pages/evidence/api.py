"""The log's API for machines that watch it: the newest checkpoint, and proofs that it only grew."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.core.evidence import selectors
from portal.core.identity.access import token_scope
from portal.core.web.problems import problem
from portal.pages.evidence.selectors import consistency_between

TEXT = "text/plain; charset=utf-8"


@token_scope("evidence:read")
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint (c2sp.org/tlog-checkpoint)."""
    del request
    latest = selectors.latest_checkpoint()
    if latest is None:
        return problem(404, "No checkpoint yet", "The ledger has no entry with a number: ask again in a few seconds.")
    return HttpResponse(latest.note, TEXT)


@token_scope("evidence:read")
@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    """The proof from size `from` to the checkpoint of size `to` (the body of c2sp.org/tlog-witness)."""
    try:
        old, new = (int(request.GET.get(name, "")) for name in ("from", "to"))
    except ValueError:
        return problem(400, "Two sizes are needed", "Give from and to as whole numbers, the smaller first.")
    try:
        return HttpResponse(consistency_between(old, new), TEXT)
    except ValueError as error:
        return problem(404, "No such proof", str(error))
