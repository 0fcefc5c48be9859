"""Reading a request's body the way real OpenLineage clients send it: chunked, gzipped, or plain; always capped.

Django under WSGI sees nothing of a chunked body, since there is no CONTENT_LENGTH; the bytes are in `wsgi.input`.
"""

import zlib
from io import BytesIO

from django.http import HttpRequest

EVENT_BYTES = 5 * 1024 * 1024
BATCH_BYTES = 20 * 1024 * 1024
_CHUNK = 64 * 1024


class BodyRefused(Exception):
    """The body cannot be taken; `status` is the HTTP status, the text says what to do."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return the unpacked body of at most `limit` bytes; raises BodyRefused (400, 413 or 415)."""
    packed = _read(request, limit)
    if not packed:
        raise BodyRefused(400, "The body is empty: send an OpenLineage event as JSON.")
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return packed
    if encoding in {"gzip", "x-gzip"}:
        return gunzip(packed, limit)
    raise BodyRefused(415, "This Content-Encoding is not supported: send gzip, or nothing.")


def _read(request: HttpRequest, limit: int) -> bytes:
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower() and not request.META.get("CONTENT_LENGTH"):
        return _read_chunked(request, limit)
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    body = request.read(limit + 1)
    if declared.isdecimal() and len(body) < int(declared):
        raise BodyRefused(400, f"Only {len(body)} of {declared} bytes arrived: send the event again.")
    return body


def _read_chunked(request: HttpRequest, limit: int) -> bytes:
    stream, whole = request.environ["wsgi.input"], BytesIO()
    while piece := stream.read(_CHUNK):
        whole.write(piece)
        if whole.tell() > limit:
            raise _too_large(limit)
    return whole.getvalue()


def gunzip(packed: bytes, limit: int) -> bytes:
    """Return what `packed` unpacks to, stopping at `limit` bytes: a bomb costs no more than that.

    Raises BodyRefused: 413 beyond the limit, 400 where it is no gzip or ends early.
    """
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(packed, limit + 1)
    except zlib.error as error:
        raise BodyRefused(400, "The body says gzip but is not: send it plain or pack it again.") from error
    if len(body) > limit:
        raise _too_large(limit)
    if not unpacker.eof:
        raise BodyRefused(400, "The gzipped body ends early: send the event again.")
    return body


def _too_large(limit: int) -> BodyRefused:
    return BodyRefused(
        413, f"The body is over {limit // 1024 // 1024} MB unpacked: split it, or leave large facets out."
    )
