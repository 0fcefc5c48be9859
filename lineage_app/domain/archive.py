"""The form of an archive: one event a line (NDJSON), sorted by subject, in gzip members that can be read one by one.

Equal events give equal bytes (no name and no time in the gzip headers), so an archive can be named by its SHA-256.
Members are concatenated as RFC 1952 section 2.2 allows: `zcat` reads the whole file, and a subject's events are read
from its own members only.
"""

import heapq
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import reduce
from itertools import groupby
from typing import BinaryIO, NamedTuple
from uuid import UUID

import msgspec

MEMBER_BYTES = 256 * 1024  # of NDJSON: what a look-up unpacks at least
_GZIP = 31
_LEVEL = 6
_CHUNK = 64 * 1024


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One raw event as an archive keeps it; `digest` is the hex SHA-256 of the body as it was received.

    `redacted` is the hex SHA-256 of `body` where an erasure changed it, and is left out otherwise.
    """

    subject: UUID
    event_time: datetime
    digest: str
    received_at: datetime
    kind: str
    token: int | None
    foreign: bool
    lenient: str
    body: str
    redacted: str = ""


class Member(NamedTuple):
    """One gzip member of a file: its bytes begin at `start` and end before `end`."""

    start: int
    end: int
    lines: list[Line]


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Line)


def order(line: Line) -> tuple[bytes, datetime, str]:
    """Return what archives are sorted by: subject, event time, digest."""
    return line.subject.bytes, line.event_time, line.digest


def merged(*sources: Iterable[Line]) -> Iterator[Line]:
    """Return the lines of sorted sources, sorted, each event once; the first source's body counts.

    An event that came both foreign and own is own, as in ingest.
    """
    for _, same in groupby(heapq.merge(*sources, key=order), key=order):
        yield reduce(_united, same)


def _united(first: Line, second: Line) -> Line:
    if first.foreign and not second.foreign:
        return msgspec.structs.replace(first, foreign=False, token=second.token)
    return first


def packed(lines: Iterable[Line]) -> Iterator[bytes]:
    """Return the lines as gzip members of at least MEMBER_BYTES each (but the last)."""
    waiting, size = [], 0
    for line in lines:
        waiting.append(_ENCODER.encode(line) + b"\n")
        size += len(waiting[-1])
        if size >= MEMBER_BYTES:
            yield _compressed(b"".join(waiting))
            waiting, size = [], 0
    if waiting:
        yield _compressed(b"".join(waiting))


def _compressed(data: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(data) + packer.flush()


def unpacked(data: bytes) -> Iterator[Line]:
    """Return the lines of whole members; zlib.error or msgspec.DecodeError when the bytes are damaged.

    >>> line = Line(UUID(int=1), datetime(2026, 3, 1), "00", datetime(2026, 3, 1), "run", None, False, "", "{}")
    >>> list(unpacked(b"".join(packed([line])))) == [line]
    True
    """
    while data:
        unpacker = zlib.decompressobj(_GZIP)
        text = unpacker.decompress(data)
        if not unpacker.eof:
            raise zlib.error("An archive ends in the middle of a member: restore the file from its backup.")
        yield from map(_DECODER.decode, text.splitlines())
        data = unpacker.unused_data


def members(file: BinaryIO) -> Iterator[Member]:
    """Return the members of an archive one after another; zlib.error when the file is cut short or damaged."""
    start, rest = 0, b""
    while chunk := rest or file.read(_CHUNK):
        unpacker, parts, end = zlib.decompressobj(_GZIP), [], start
        while not unpacker.eof:
            if not chunk:
                raise zlib.error("An archive ends in the middle of a member: restore the file from its backup.")
            parts.append(unpacker.decompress(chunk))
            end += len(chunk)
            chunk = b"" if unpacker.eof else file.read(_CHUNK)
        rest = unpacker.unused_data
        end -= len(rest)
        yield Member(start, end, [_DECODER.decode(text) for text in b"".join(parts).splitlines()])
        start = end
