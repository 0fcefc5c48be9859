"""Taking a version away in another format: made at once, or by a worker and stored."""

from __future__ import annotations

from celery import signature
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from contracts_app import selectors, services
from contracts_app.domain.formats.notes import FormatError
from contracts_app.formats.registry import ExportFormat, exports
from contracts_app.forms.exporting import answer_with, file_name
from contracts_app.models import StoredExport, Version
from portal.core.clock.beat import wake
from portal.core.evidence.selectors import read_artifact
from portal.core.identity.access import requires
from portal.core.identity.policies import Act


@require_GET
@requires(Act.READ)
def download(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The version in that format; a stored one that is not made yet leads back to the page that says so."""
    version = selectors.version_for(request.user, pk)
    chosen = _chosen(key)
    if chosen.stored:
        return _stored(request, version, chosen)
    try:
        data = chosen.make(version, chosen.chosen(request.GET.dict()))
    except FormatError as refused:
        return _back(request, version, str(refused))
    return answer_with(request, data, chosen, file_name(version, chosen))


@require_POST
@requires(Act.READ)
def make(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Ask a worker for a stored format; asking twice is asking once."""
    version = selectors.version_for(request.user, pk)
    try:
        row = services.ask_for_export(user=request.user, version=version, format_key=_chosen(key).key)
    except FormatError as refused:
        return _back(request, version, str(refused))
    wake(signature("contracts_app.make_export"), row.pk)
    return redirect(f"{version.get_absolute_url()}&tab=exports")


def _stored(request: HttpRequest, version: Version, chosen: ExportFormat) -> HttpResponse:
    row = selectors.stored_export(version, chosen.key)
    if row is None or row.state != StoredExport.State.READY:
        return _back(request, version, f"The {chosen.label} of {version} is not made yet; ask for it here.")
    return answer_with(request, read_artifact(row.artifact), chosen, file_name(version, chosen))


def _back(request: HttpRequest, version: Version, said: str) -> HttpResponse:
    messages.info(request, said)
    return redirect(f"{version.get_absolute_url()}&tab=exports")


def _chosen(key: str) -> ExportFormat:
    found = exports().get(key)
    if found is None:
        raise Http404("There is no such format.")
    return found
