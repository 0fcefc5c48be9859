"""The proof page and its downloads, for privacy officers, auditors and the head of data; and the letters' texts."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.evidence.selectors import entry_state, read_artifact
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require
from privacy_app import selectors
from privacy_app.domain.notices import BUILT_IN, PLACEHOLDERS, Notice
from privacy_app.domain.verdict import PROBES
from privacy_app.forms import NoticeForm
from privacy_app.models import Request
from privacy_app.services import contents, notices

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


@requires(Act.READ_REQUESTS)
@require_GET
def texts(request: HttpRequest) -> HttpResponse:
    """The letters to the subject."""
    own = selectors.notice_texts()
    rows = [(kind, own.get(kind)) for kind in Notice]
    return render(request, "privacy_app/texts.html", {"rows": rows})


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, kind: str) -> HttpResponse:
    """One letter's text."""
    if kind not in list(Notice):
        raise Http404("There is no such letter.")
    notice = Notice(kind)
    subject, body = notices.text_of(notice)
    form = NoticeForm(notice, request.POST or None, initial={"subject": subject, "body": body})
    if request.method == "POST" and form.is_valid():
        notices.change_text(user=request.user, kind=notice, **form.cleaned_data)
        messages.success(request, "The text is changed. Letters already sent stay as they were.")
        return redirect("privacy:texts")
    context = {"form": form, "kind": notice, "built_in": BUILT_IN[notice], "names": sorted(PLACEHOLDERS[notice])}
    return render(request, "privacy_app/text.html", context, status=422 if form.is_bound else 200)
