"""Searching files for the bytes of a subject: identifiers as UTF-8 (UUIDs also packed), embeddings as float32.

A raw scan sees neither what is compressed nor what was unlinked; the decode probe covers the first, and
"not recoverable through the file system" is all that is claimed (not NIST 800-88 Purge).
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.core.connectors.values import Found, Subject

SHORTEST = 6  # bytes; shorter identifiers ("42") are everywhere and prove nothing
WINDOW = 64  # bytes of an embedding to look for: 16 floats do not repeat by chance
BLOCK = 8 << 20


@dataclass(frozen=True, repr=False)
class Needle:
    """Bytes to look for; inside one of `covers` they belong to another subject's longer identifier."""

    value: bytes
    covers: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Hit:
    """Where a needle was found: file and offset, never which needle."""

    path: Path
    offset: int


@dataclass(frozen=True, repr=False)
class Needles:
    """All that a scan looks for, and how many identifiers were too short to look for."""

    all: tuple[Needle, ...]
    too_short: int = 0

    @property
    def caveat(self) -> str:
        """What the scan could not look for, in words; empty when nothing."""
        return f"{self.too_short} identifiers are too short to be told from other bytes." if self.too_short else ""

    @property
    def reach(self) -> int:
        """Bytes of the longest needle or cover: how far neighbouring blocks must overlap."""
        return max((len(part) for needle in self.all for part in (needle.value, *needle.covers)), default=0)


def needles_of(subject: Subject, found: Found, live: Iterable[str] = ()) -> Needles:
    """What to look for after a subject; `live` are other subjects' identifiers that contain one of these.

    >>> [needle.value for needle in needles_of(Subject({"id": frozenset({"c-00042", "7"})}), Found(0)).all]
    [b'c-00042']
    """
    others = [value.encode() for value in live]
    texts = sorted({value for values in subject.identifiers.values() for value in values})
    forms = [form for text in texts for form in _forms(text) if len(form) >= SHORTEST]
    needles = [Needle(form, tuple(other for other in others if form in other and form != other)) for form in forms]
    windows = {window for vector in found.vectors for window in _windows(vector)}
    short = sum(len(text.encode()) < SHORTEST for text in texts)
    return Needles((*needles, *(Needle(window) for window in sorted(windows))), short)


def _forms(text: str) -> list[bytes]:
    """The byte forms in which stores keep a text: UTF-8, and sixteen bytes where it is a UUID."""
    try:
        return [text.encode(), uuid.UUID(text).bytes]
    except ValueError:
        return [text.encode()]


def _windows(vector: bytes) -> list[bytes]:
    """First and last bytes of an embedding (stores cut long ones), left out where they could be padding."""
    ends = (vector[:WINDOW], vector[-WINDOW:])
    return [end for end in ends if len(set(end)) >= min(12, len(end))]


def search(files: Iterable[Path], needles: Needles, limit: int = 10_000) -> list[Hit]:
    """Every place where a needle lies, at most `limit`. A file that vanishes meanwhile is passed over.

    Raises OSError when a file cannot be read.
    """
    hits: list[Hit] = []
    for path in files:
        try:
            for hit in _search_file(path, needles):
                hits.append(hit)
                if len(hits) >= limit:
                    return hits
        except FileNotFoundError:
            continue
    return hits


def count(data: bytes, needles: Needles) -> int:
    """How often needles occur in decoded data.

    >>> count(b"x ana@example.com joana@example.com", Needles((Needle(b"ana@example.com", (b"joana@example.com",)),)))
    1
    """
    return sum(1 for needle in needles.all for _ in _positions(data, needle))


def _search_file(path: Path, needles: Needles) -> Iterator[Hit]:
    """Read in blocks that overlap by the longest needle, so that none hides on a border."""
    margin, start = needles.reach, 0
    with path.open("rb") as file:
        before, block = b"", file.read(BLOCK)
        while block:
            after = file.read(BLOCK)
            data = before + block + after[:margin]
            first, last = len(before), len(before) + len(block)
            for needle in needles.all:
                yield from (Hit(path, start + at - first) for at in _positions(data, needle) if first <= at < last)
            start += len(block)
            before, block = block[-margin:] if margin else b"", after


def _positions(data: bytes, needle: Needle) -> Iterator[int]:
    """Offsets of a needle, without those where a cover spells another subject's identifier around it."""
    at = data.find(needle.value)
    while at >= 0:
        if not any(_covered(data, at, needle.value, cover) for cover in needle.covers):
            yield at
        at = data.find(needle.value, at + 1)


def _covered(data: bytes, at: int, value: bytes, cover: bytes) -> bool:
    """Whether the bytes around `at` spell `cover`, with the value at its place in it."""
    place = cover.find(value)
    while place >= 0:
        if at >= place and data.startswith(cover, at - place):
            return True
        place = cover.find(value, place + 1)
    return False
