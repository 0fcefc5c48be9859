"""The proof page and its downloads, for privacy officers, auditors and the head of data."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.evidence.selectors import entry_state, read_artifact
from portal.core.identity.access import public, requires
from portal.core.identity.policies import Act, require
from privacy_app import selectors
from privacy_app.domain.verdict import PROBES
from privacy_app.forms.staff import ReasonForm
from privacy_app.keystore import KeyShredded
from privacy_app.models import Request
from privacy_app.services import closing_letter, contents, plain

FORMS = {
    "json": ("artifact_digest", "application/json"),
    "pdf": ("pdf_digest", "application/pdf"),
    "zip": ("bundle_digest", "application/zip"),
}


def _readable(request: HttpRequest, req_id: str) -> Request:
    """A request's proof is evidence: asked for as such, never through the inbox."""
    found = selectors.request_with_proof(req_id)
    require(request.user, Act.READ_EVIDENCE, found or Request())
    if found is None:
        raise Http404("There is no proof of this reference. It is made when every system has been checked.")
    return found


@requires(Act.READ_EVIDENCE)
@require_GET
def proof(request: HttpRequest, req_id: str) -> HttpResponse:
    """What was done, as the artifact says, with the files to take away."""
    found = _readable(request, req_id)
    context = {
        "found": found,
        "proof": _shown(contents.load(read_artifact(found.artifact_digest))),
        "entry": found.completed_entry,
        "in_clear": plain.kept(found),
        "place": entry_state(found.completed_entry) if found.completed_entry else None,
    }
    return render(request, "privacy_app/proof.html", context)


def _shown(proof: dict[str, Any]) -> dict[str, Any]:
    """The artifact with each system's probes in one order, for the table."""
    for system in proof["systems"]:
        system["probe_list"] = [system["probes"].get(name) for name in PROBES]
    return proof


@requires(Act.READ_EVIDENCE)
@require_GET
def download(request: HttpRequest, req_id: str, form: str) -> HttpResponse:
    """One file of the proof, its digest checked as it is read."""
    found = _readable(request, req_id)
    field, media_type = FORMS[form]
    digest = getattr(found, field)
    if not digest:
        raise Http404("This file is being made. Open the page again in a few seconds.")
    response = HttpResponse(read_artifact(digest), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{found.req_id}.{form}"'
    return response


@requires(Act.UNMASK)
@require_http_methods(["GET", "POST"])
def in_clear(request: HttpRequest, req_id: str) -> HttpResponse:
    """The subject in clear, where the policy kept that; for a privacy officer, with a reason that becomes evidence."""
    found = _readable(request, req_id)
    form, shown, gone = ReasonForm(request.POST or None), {}, ""
    if request.method == "POST" and form.is_valid():
        try:
            shown = plain.look(user=request.user, request=found, reason=form.cleaned_data["reason"])
        except KeyShredded as error:
            gone = str(error)
    context = {"found": found, "form": form, "shown": shown, "gone": gone, "kept": plain.kept(found)}
    response = render(request, "privacy_app/proof_in_clear.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@public("the subject's own page: whoever has its secret link")
@never_cache
@require_GET
def letter(_: HttpRequest, req_id: str, secret: str) -> HttpResponse:
    """The closing letter with the key of the proof, for the subject alone."""
    found = selectors.request_of_secret(req_id, secret)
    data = closing_letter.read(found) if found and found.shredded_at is None else None
    if found is None or data is None:
        raise Http404("There is no letter at this address: it is written with the proof, and destroyed with its key.")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.req_id}-letter.pdf"'
    return response
