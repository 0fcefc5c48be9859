"""What the pages share: an entry that the person may read, and files to take away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

from portal.core.evidence.models import Entry
from portal.pages.evidence.selectors import entry_for

CHUNK = 256 * 1024


def wanted_entry(request: HttpRequest, pk: int) -> Entry:
    """The entry, for somebody who may read it; 404 where there is none."""
    try:
        return entry_for(request.user, pk)
    except Entry.DoesNotExist as error:
        raise Http404(f"The ledger has no entry {pk}.") from error


def download(data: bytes, name: str, media_type: str = "text/plain; charset=utf-8") -> HttpResponse:
    """Some bytes as a file."""
    return HttpResponse(data, media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def chunks(path: Path) -> Iterator[bytes]:
    """A file piece by piece; opened when the first is asked for, closed however the reading ends."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece
