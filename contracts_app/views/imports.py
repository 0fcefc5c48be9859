"""Importing a contract: choose a source, look at the draft with what is to be said about it, save."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts_app import selectors, services
from contracts_app.domain.formats.notes import FormatError
from contracts_app.forms.importing import Preview, content_of, edited, formats_to_choose, is_house, preview_of
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

SOURCES = (("text", "File or text"), ("table", "Live table"), ("dataset", "Dataset in lineage"))


@require_http_methods(["GET", "POST"])
@requires(Act.WRITE_CONTRACT)
def import_contract(request: HttpRequest) -> HttpResponse:
    """Show the sources; preview what was chosen (`action=check`); save what was looked at.

    A POST without an action saves a contract in the house format at once: its bytes are kept, so there is nothing to
    look at first. Any other format is previewed.
    """
    if request.method == "GET":
        return _page(request)
    if request.POST.get("action") == "save":
        return _save(request, edited(request.POST))
    try:
        if "action" not in request.POST:
            content = content_of(request.POST, request.FILES)
            if is_house(content):
                return _save(request, content)
            _rewind(request)
        preview = preview_of(request.user, request.POST, request.FILES)
    except FormatError as refused:
        return _page(request, problems=[str(refused)])
    return _page(request, preview=preview)


def _rewind(request: HttpRequest) -> None:
    upload = request.FILES.get("file")
    if upload is not None:
        upload.seek(0)


def _save(request: HttpRequest, content: bytes) -> HttpResponse:
    try:
        version = services.import_yaml(user=request.user, content=content)
    except services.Refused as refused:
        text = content.decode("utf-8", "replace")
        return _page(request, preview=Preview(text), problems=list(refused.reasons))
    return redirect("contracts:edit", version.contract_id)


def _page(request: HttpRequest, *, preview: Preview | None = None, problems: list[str] | None = None) -> HttpResponse:
    asked = request.POST.get("from") or request.GET.get("from", "text")
    source = asked if asked in dict(SOURCES) else "text"
    text = request.GET.get("q", "").strip()
    context: dict[str, Any] = {
        "sources": SOURCES,
        "source": source,
        "preview": preview,
        "problems": problems or [],
        "formats": formats_to_choose(),
        "chosen": request.POST.get("format", ""),
        "pasted": request.POST.get("text", "") if preview is None else "",
        "q": text,
    }
    if preview is None and source == "table":
        context["placements"] = selectors.placements_to_import(request.user)
    if preview is None and source == "dataset":
        context["datasets"] = selectors.datasets_to_import(request.user, text)
    return render(request, "contracts_app/import.html", context, status=422 if problems else 200)
