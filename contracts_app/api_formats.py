"""What programs ask of formats: a contract in force in another format, and a draft made of another format."""

from __future__ import annotations

from celery import signature
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from contracts_app import selectors, services
from contracts_app.domain.document import load
from contracts_app.domain.formats.notes import FormatError
from contracts_app.domain.source import MAX_BYTES
from contracts_app.formats.imports.parquet_file import MAX_BYTES as MAX_FILE_BYTES
from contracts_app.formats.registry import ExportFormat, export_named, import_named
from contracts_app.forms.exporting import answer_with, file_name
from contracts_app.models import StoredExport, Version
from portal.core.clock.beat import wake
from portal.core.evidence.selectors import read_artifact
from portal.core.identity.access import token_scope
from portal.core.web.problems import problem


@token_scope("contracts:read")
@require_GET
def export(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """The version in force in that format, its options as query parameters.

    202 with Retry-After while a worker makes a stored format; 404 for an unknown contract or format, 422 where the
    contract cannot be written as it.
    """
    version = selectors.active_by_name(name)
    if version is None:
        return problem(404, "No active version", f"No version of a contract named {name!r} is in force.")
    try:
        chosen = export_named(key)
    except FormatError as unknown:
        return problem(404, "No such format", str(unknown))
    try:
        data = _stored(version, chosen) if chosen.stored else chosen.make(version, chosen.chosen(request.GET.dict()))
    except FormatError as refused:
        return problem(422, "Not possible", str(refused))
    if data is None:
        return JsonResponse({"state": "queued"}, status=202, headers={"Retry-After": "5"})
    return answer_with(request, data, chosen, file_name(version, chosen))


@token_scope("contracts:read")
@require_POST
def convert(request: HttpRequest, key: str) -> HttpResponse:
    """A draft made of the body: its YAML, what is to be said about it, and what the check finds. Nothing is saved."""
    try:
        chosen = import_named(key)
    except FormatError as unknown:
        return problem(404, "No such format", str(unknown))
    if chosen.needs not in ("text", "file"):
        return problem(404, "Not by token", f"{chosen.label} needs the rights of a person; use the import page.")
    most = MAX_BYTES if chosen.needs == "text" else MAX_FILE_BYTES
    body = _body(request, most)
    if body is None:
        return problem(413, "Too large", f"At most {most:,} bytes are read.")
    try:
        imported = chosen.read(body)
    except FormatError as refused:
        return problem(422, "Not readable", str(refused))
    loaded = load(imported.text)
    answer = {"yaml": imported.text, "digest": loaded.digest, "ok": loaded.ok}
    answer["notes"] = [note.as_dict() for note in imported.notes]
    return JsonResponse({**answer, "findings": [found.as_dict() for found in loaded.findings]})


def _stored(version: Version, chosen: ExportFormat) -> bytes | None:
    """The stored file, or None while a worker makes it; raises FormatError where it could not be made."""
    found = selectors.stored_export(version, chosen.key)
    if found is not None and found.state == StoredExport.State.READY:
        return read_artifact(found.artifact)
    if found is not None and found.state == StoredExport.State.FAILED:
        raise FormatError(found.problem)
    row = services.ask_for_export(version=version, format_key=chosen.key)
    wake(signature("contracts_app.make_export"), row.pk)
    return None


def _body(request: HttpRequest, most: int) -> bytes | None:
    """The body where it is small enough; it is read in one go up to the limit and never kept beyond it."""
    if int(request.headers.get("Content-Length") or 0) > most:
        return None
    body = request.read(most + 1)
    return None if len(body) > most else body
