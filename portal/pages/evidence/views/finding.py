"""Finding a deletion proof: by its reference, or by the key and the identifier that a complainant brings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require
from portal.pages.evidence.forms import FindForm
from portal.pages.evidence.watch import WholeLedger
from privacy_app.selectors import request_with_proof
from privacy_app.services import complaints


@requires(Act.READ_EVIDENCE)
@sensitive_post_parameters("key", "identifier")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to it. Key and identifier come by POST alone and are forgotten with the answer."""
    require(request.user, Act.READ_EVIDENCE, WholeLedger())
    form = FindForm(request.POST) if request.method == "POST" else FindForm()
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        context["answer"] = _answer(request.user, form.cleaned_data)
        form = FindForm(initial={"req_id": form.cleaned_data["req_id"]})
        context["form"] = form
    return render(request, "evidence/find.html", context, status=422 if form.errors else 200)


@sensitive_variables()
def _answer(user: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What to say: the proof of a reference, and with a key whether it, or which one, is about the identifier."""
    found = request_with_proof(given["req_id"]) if given["req_id"] else None
    if not given["key"]:
        return {"req_id": given["req_id"], "found": found}
    matches = complaints.ask(
        user=user, key=bytes.fromhex(given["key"]), identifier=given["identifier"], req_id=given["req_id"]
    )
    return {"req_id": given["req_id"], "found": found, "asked": True, "matches": matches}
