"""The signed heads of the ledger, and proofs between any two."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.evidence import selectors
from portal.core.evidence.models import Checkpoint
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.pages.evidence.selectors import PAGE, checkpoint_page, consistency_between
from portal.pages.evidence.views.common import download


@requires(Act.READ_EVIDENCE)
@require_safe
def checkpoints(request: HttpRequest) -> HttpResponse:
    """The signed tree heads, newest first."""
    before = request.GET.get("before", "")
    rows = checkpoint_page(int(before) if before.isdecimal() and len(before) < 19 else None)
    context = {"rows": rows[:PAGE], "next": rows[PAGE - 1].size if len(rows) > PAGE else None}
    return render(request, "evidence/checkpoints.html", context)


@requires(Act.READ_EVIDENCE)
@require_safe
def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """One signed tree head: the text to keep."""
    found = _checkpoint(size)
    key = selectors.known_key(found.key_id)
    context = {"checkpoint": found, "key": key, "latest": selectors.latest_checkpoint()}
    return render(request, "evidence/checkpoint.html", context)


@requires(Act.READ_EVIDENCE)
@require_safe
def checkpoint_note(request: HttpRequest, size: int) -> HttpResponse:
    """The signed note as a file, for --seen."""
    del request
    return download(_checkpoint(size).note.encode(), f"checkpoint-{size}.txt")


@requires(Act.READ_EVIDENCE)
@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    """The proof that leads from one size to a checkpoint, as a file for --consistency."""
    try:
        old, new = (int(request.GET.get(name, "")) for name in ("from", "to"))
        return download(consistency_between(old, new).encode(), f"consistency-{old}-{new}.txt")
    except ValueError as error:
        raise Http404(f"There is no such proof: {error}") from error


def _checkpoint(size: int) -> Checkpoint:
    found = selectors.checkpoint_at(size)
    if found is None:
        raise Http404(f"There is no checkpoint of {size} entries.")
    return found
