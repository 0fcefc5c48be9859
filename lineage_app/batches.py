"""Splitting a batch: a JSON array, an object with `events`, or one event a line (NDJSON)."""

import msgspec

from lineage_app.bodies import BodyRefused

EVENTS_AT_MOST = 10_000


class _Wrapped(msgspec.Struct):
    events: list[msgspec.Raw]


_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_WRAPPED = msgspec.json.Decoder(_Wrapped)


def split(body: bytes, content_type: str = "") -> list[bytes]:
    """Return each event's bytes, verbatim; raises BodyRefused (400 or 413) when the batch itself is broken."""
    try:
        items = _split(body, content_type)
    except (msgspec.DecodeError, RecursionError) as error:
        sentence = f"The batch is neither an array, nor {{'events': [...]}}, nor NDJSON: {error}. Correct it."
        raise BodyRefused(400, sentence, "batch", body) from error
    if len(items) > EVENTS_AT_MOST:
        sentence = f"The batch has {len(items)} events, at most {EVENTS_AT_MOST}: split it."
        raise BodyRefused(413, sentence, "size", body)
    return items


def _split(body: bytes, content_type: str) -> list[bytes]:
    text = body.strip()
    if text.startswith(b"["):
        return [bytes(item) for item in _ARRAY.decode(text)]
    lines = [line for line in (line.strip() for line in text.split(b"\n")) if line]
    if "ndjson" in content_type or "jsonl" in content_type:
        return lines
    try:
        return [bytes(item) for item in _WRAPPED.decode(text).events]
    except msgspec.DecodeError:
        if len(lines) > 1 and all(line.startswith(b"{") for line in lines):
            return lines
        raise
