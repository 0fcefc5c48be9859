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
    """The body cannot be taken: `status` of HTTP, a sentence, its `reason` in REFUSALS, and what arrived of it."""

    def __init__(self, status: int, sentence: str, reason: str, start: bytes = b"") -> None:
        super().__init__(sentence)
        self.status, self.reason, self.start = status, reason, start


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return the unpacked body of at most `limit` bytes; raises BodyRefused (400, 413 or 415)."""
    packed = _read(request, limit)
    if not packed:
        raise BodyRefused(400, "The body is empty: send an OpenLineage event as JSON.", "empty")
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return packed
    if encoding in {"gzip", "x-gzip"}:
        return gunzip(packed, limit)
    raise BodyRefused(415, "This Content-Encoding is not supported: send gzip, or nothing.", "encoding", packed)


def _read(request: HttpRequest, limit: int) -> bytes:
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower() and not request.META.get("CONTENT_LENGTH"):
        return _read_chunked(request, limit)
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit, request.read(_CHUNK))
    body = request.read(limit + 1)
    if declared.isdecimal() and len(body) < int(declared):
        sentence = f"Only {len(body)} of {declared} bytes arrived: send the event again."
        raise BodyRefused(400, sentence, "cut", body)
    return body


def _read_chunked(request: HttpRequest, limit: int) -> bytes:
    stream, whole = request.environ["wsgi.input"], BytesIO()
    while piece := stream.read(_CHUNK):
        whole.write(piece)
        if whole.tell() > limit:
            raise _too_large(limit, whole.getvalue())
    return whole.getvalue()


def gunzip(packed: bytes, limit: int) -> bytes:
    """Return what `packed` unpacks to, stopping at `limit` bytes: a bomb costs no more than that.

    Raises BodyRefused: 413 beyond the limit, 400 where it is no gzip or ends early.
    """
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(packed, limit + 1)
    except zlib.error as error:
        sentence = "The body says gzip but is not: send it plain or pack it again."
        raise BodyRefused(400, sentence, "gzip", packed) from error
    if len(body) > limit:
        raise _too_large(limit, body)
    if not unpacker.eof:
        raise BodyRefused(400, "The gzipped body ends early: send the event again.", "gzip", body)
    return body


def _too_large(limit: int, start: bytes) -> BodyRefused:
    sentence = f"The body is over {limit // 1024 // 1024} MB unpacked: split it, or leave large facets out."
    return BodyRefused(413, sentence, "size", start[:_CHUNK])
