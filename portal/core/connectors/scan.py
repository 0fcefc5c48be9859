"""Searching files for the bytes of a subject: identifiers as UTF-8 (UUIDs also packed), embeddings as float32.

An e-mail address is found in any letter case: ASCII letters by folding the bytes, others by spelling both cases out.

A raw scan sees neither what is compressed nor what was unlinked; the decode probe covers the first, and
"not recoverable through the file system" is all that is claimed (not NIST 800-88 Purge).
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.core.connectors import spelling
from portal.core.connectors.values import Found, Subject

SHORTEST = 6  # bytes; shorter identifiers ("42") are everywhere and prove nothing
WINDOW = 64  # bytes of an embedding to look for: 16 floats do not repeat by chance
BLOCK = 8 << 20


@dataclass(frozen=True, repr=False)
class Needle:
    """Bytes to look for; inside one of `covers` they belong to another subject's longer identifier.

    A `caseless` one has its ASCII letters in lower case, as its covers have, and is looked for in bytes folded alike.
    """

    value: bytes
    covers: tuple[bytes, ...] = ()
    caseless: bool = False


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
    def fold(self) -> bool:
        """Whether any of them is looked for in folded bytes."""
        return any(needle.caseless for needle in self.all)

    @property
    def reach(self) -> int:
        """Bytes of the longest needle or cover: how far neighbouring blocks must overlap."""
        return max((len(part) for needle in self.all for part in (needle.value, *needle.covers)), default=0)


def needles_of(subject: Subject, found: Found, live: Iterable[str] = ()) -> Needles:
    """What to look for after a subject; `live` are other subjects' identifiers that contain one of these.

    >>> [needle.value for needle in needles_of(Subject({"id": frozenset({"c-00042", "7"})}), Found(0)).all]
    [b'c-00042']
    """
    others = [value.encode(errors="surrogateescape") for value in live if not subject.owns(value)]
    low = [other.lower() for other in others]
    texts = sorted({(value, caseless) for value, caseless in _texts(subject)})
    forms = dict.fromkeys((form, caseless) for text, caseless in texts for form in _forms(text, caseless))
    needles = [_needle(form, low if caseless else others, caseless) for form, caseless in forms]
    windows = {window for vector in found.vectors for window in _windows(vector)}
    short = len({text for text, _ in texts if len(text.encode()) < SHORTEST})
    return Needles((*needles, *(Needle(window) for window in sorted(windows))), short)


def _texts(subject: Subject) -> Iterator[tuple[str, bool]]:
    """Every identifier as it is compared, and whether its letter case does not count."""
    for kind in subject.identifiers:
        for value in subject.folded(kind):
            yield value, spelling.is_caseless(kind)


def _needle(form: bytes, others: list[bytes], caseless: bool) -> Needle:
    return Needle(form, tuple(other for other in others if form in other and form != other), caseless)


def _forms(text: str, caseless: bool) -> list[bytes]:
    """The byte forms of a text that are long enough to be told from others."""
    if not caseless:
        return [form for form in _written(text) if len(form) >= SHORTEST]
    spelled = (form.lower() for each in spelling.variants(text) for form in _written(each))
    return [form for form in dict.fromkeys(spelled) if len(form) >= SHORTEST]


def _written(text: str) -> list[bytes]:
    """The byte forms in which stores keep a text: UTF-8, as JSON escapes it, and sixteen bytes where it is a UUID."""
    forms = list(dict.fromkeys((text.encode(), json.dumps(text)[1:-1].encode())))
    try:
        return [*forms, uuid.UUID(text).bytes]
    except ValueError:
        return forms


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
    return sum(1 for _ in _positions_of_all(data, needles))


def _search_file(path: Path, needles: Needles) -> Iterator[Hit]:
    """Read in blocks that overlap by the longest needle, so that none hides on a border."""
    margin, start = needles.reach, 0
    with path.open("rb") as file:
        before, block = b"", file.read(BLOCK)
        while block:
            after = file.read(BLOCK)
            data = before + block + after[:margin]
            first, last = len(before), len(before) + len(block)
            places = (at for at in _positions_of_all(data, needles) if first <= at < last)
            yield from (Hit(path, start + at - first) for at in places)
            start += len(block)
            before, block = block[-margin:] if margin else b"", after


def _positions_of_all(data: bytes, needles: Needles) -> Iterator[int]:
    low = data.lower() if needles.fold else data
    for needle in needles.all:
        yield from _positions(low if needle.caseless else data, needle)


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
