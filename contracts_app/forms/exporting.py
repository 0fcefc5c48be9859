"""An exported file as an answer: its type, its name, and a tag by which a client need not load it twice."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse

from contracts_app.formats.registry import ExportFormat
from contracts_app.models import Version


def file_name(version: Version, chosen: ExportFormat) -> str:
    """What the file is called on the reader's machine; contract names hold no character that a header minds."""
    return f"{version.contract.name}-{version.number or 'draft'}{chosen.suffix}"


def answer_with(request: HttpRequest, data: bytes, chosen: ExportFormat, name: str) -> HttpResponse:
    """The file, or 304 where the client holds it already."""
    etag = f'"{hashlib.sha256(data).hexdigest()}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    answer = HttpResponse(data, content_type=chosen.media_type, headers={"ETag": etag})
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
