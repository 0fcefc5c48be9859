"""Asking for provenance, the answer as page and JSON, and answers that are taken as signed documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.core.clock.beat import wake
from portal.core.diagrams import to_svg
from portal.core.evidence.selectors import ArtifactGone, read_artifact
from portal.core.identity.access import public, requires
from portal.core.identity.policies import Act, may
from portal.core.web.idempotency import key_of
from portal.pages.provenance import selectors, services
from portal.pages.provenance.asking import Asked, asked
from portal.pages.provenance.domain.document import document_of
from portal.pages.provenance.domain.drawing import described, drawing_of
from portal.pages.provenance.forms import AskForm, OutputFilter
from portal.pages.provenance.showing import page_context
from portal.pages.provenance.tasks import make_answer

PAGE = 50
SCHEMA = Path(__file__).with_name("schema.json")
FILES = {
    "answer.json": ("digest", "application/json"),
    "answer.pdf": ("pdf_digest", "application/pdf"),
    "bundle.zip": ("bundle_digest", "application/zip"),
}


@requires(Act.READ)
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The box, and the answer to what the address asks."""
    form = AskForm(request.GET)
    if not form.is_valid():
        return render(request, "pages/provenance/ask.html", {"form": form}, status=422)
    if not form.cleaned_data["q"]:
        newest = {"outputs": selectors.outputs(request.user)[:5], "given": selectors.given_answers(request.user)[:5]}
        return render(request, "pages/provenance/ask.html", {"form": form, **newest})
    found = _asked(request.user, form)
    if found.answer is None:
        return render(request, "pages/provenance/ask.html", {"form": form, "offer": found.offer})
    context = {"form": form, "query": request.GET.urlencode(), **page_context(found, request.GET, form.cleaned_data)}
    return render(request, "pages/provenance/answer.html", context)


@requires(Act.READ)
@require_safe
def answer_json(request: HttpRequest) -> HttpResponse:
    """The answer as a document; 404 where the question has none."""
    found = _answered(request)
    headers = {"Content-Disposition": 'attachment; filename="provenance.json"'}
    return JsonResponse(document_of(found.answer), headers=headers, json_dumps_params={"indent": 1})


@public("a schema holds no data")
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the document."""
    del request
    return HttpResponse(SCHEMA.read_bytes(), "application/schema+json")


@requires(Act.READ)
@require_safe
def drawing(request: HttpRequest) -> HttpResponse:
    """The way back as a file."""
    graph = drawing_of(_answered(request).answer)
    svg = to_svg(graph, description=described(graph), sheet=True)
    return HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")


@requires(Act.READ)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Keep the answer as a document, and have PDF and bundle made of it."""
    form = AskForm(request.POST)
    found = _asked(request.user, form, proofs=False) if form.is_valid() else Asked()
    if found.answer is None:
        raise Http404("This question has no answer to take. Ask it again on the provenance page.")
    with transaction.atomic():
        given = services.give(user=request.user, key=key_of(request), answer=found.answer)
        wake(make_answer, given.pk)
    return redirect(given)


@requires(Act.READ)
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """The answers that were taken as documents."""
    page = Paginator(selectors.given_answers(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/provenance/answers.html", {"page": page})


@requires(Act.READ)
@require_safe
def given(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: how far it is, or its files and what they say."""
    found = selectors.given_for(request.user, pk)
    context = {
        "given": found,
        "document": _document(found),
        "steps": found.Step.BUNDLED.value,
        "may_read_entry": may(request.user, Act.READ_EVIDENCE, found.entry),
        "retain_days": services.giving.RETAIN_DAYS,
    }
    return render(request, "pages/provenance/given.html", context)


@requires(Act.READ)
@require_safe
def given_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """One of its files, digest checked."""
    found = selectors.given_for(request.user, pk)
    field, media = FILES.get(form, ("", ""))
    stored = getattr(found, field) if field else ""
    if not stored:
        raise Http404("There is no such file yet: the page of the answer says how far it is.")
    try:
        data = read_artifact(stored)
    except ArtifactGone as gone:
        raise Http404(str(gone)) from gone
    name = f"{found}{form[form.rindex('.') :]}"
    return HttpResponse(data, media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@requires(Act.READ)
@require_safe
def outputs(request: HttpRequest) -> HttpResponse:
    """The outputs that products registered, filtered by what the address says."""
    form = OutputFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = Paginator(selectors.outputs(request.user, **chosen), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "filtered": any(chosen.values())}
    return render(request, "pages/provenance/outputs.html", context, status=422 if form.errors else 200)


def _asked(user: Any, form: AskForm, *, proofs: bool = True) -> Asked:
    values = form.cleaned_data
    return asked(user, values["q"], known_at=values["known_at"], depth=values["depth"], proofs=proofs)


def _answered(request: HttpRequest) -> Any:
    """What the address asks, with an answer; Http404 with the way back."""
    form = AskForm(request.GET)
    found = _asked(request.user, form, proofs=False) if form.is_valid() else Asked()
    if found.answer is None:
        raise Http404(f"This question has no answer: {reverse('provenance:ask')} says what can be asked.")
    return found


def _document(found: Any) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads(read_artifact(found.digest))
    except ArtifactGone:
        return None
    return document
