"""Reading an SQLite file by its own format: every page, also free ones, and values that run on in overflow pages.

The file format is the one that sqlite.org documents ("Database File Format"); nothing here asks the library, so what it
would not show (free pages, gaps, frames of the write-ahead log) is seen.
"""

import struct
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

WAL_HEADER, FRAME_HEADER = 32, 24
INDEX_INTERIOR, INDEX_LEAF, TABLE_LEAF = 2, 10, 13
ENCODINGS = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}


@dataclass(frozen=True)
class Pages:
    """A database file in memory: pages are numbered from 1; `usable` is what each has without its reserved end."""

    data: bytes
    size: int
    usable: int
    encoding: str

    @classmethod
    def of(cls, path: Path) -> "Pages":
        """Read a file. Raises ValueError where it is no database (an empty one has no pages)."""
        data = path.read_bytes()
        if not data:
            return cls(b"", 4096, 4096, "utf-8")
        (size,) = struct.unpack(">H", data[16:18])
        size = 65536 if size == 1 else size
        (encoding,) = struct.unpack(">I", data[56:60])
        if size < 512 or size & (size - 1):
            raise ValueError("The file has no header of an SQLite database.")
        return cls(data, size, size - data[20], ENCODINGS.get(encoding, "utf-8"))

    @property
    def count(self) -> int:
        return len(self.data) // self.size

    def page(self, number: int) -> bytes:
        """The bytes of one page, its reserved end left out."""
        start = (number - 1) * self.size
        return self.data[start : start + self.usable]

    def buffers(self, without: Set[int], reach: int) -> Iterator[bytes]:
        """All that can be searched: each page, and every value or rest of one that runs on in other pages.

        `without` are pages of other tables; `reach` is how far a value that begins on one page may go.
        """
        for number in range(1, self.count + 1):
            if number in without:
                continue
            page = self.page(number)
            yield page
            begins = struct.unpack(">I", page[:4])[0]
            if 0 < begins <= self.count:  # an overflow page, in use or free: its rest runs on
                yield page[-reach:] + self.chain(begins, reach)
            yield from (local[-reach:] + self.chain(at, reach) for local, at in self._overflowing(number, page))

    def chain(self, number: int, wanted: int) -> bytes:
        """The content of overflow pages from one on, as far as is wanted."""
        parts: list[bytes] = []
        seen: set[int] = set()
        while 0 < number <= self.count and number not in seen and sum(map(len, parts)) < wanted:
            seen.add(number)
            page = self.page(number)
            parts.append(page[4:])
            number = struct.unpack(">I", page[:4])[0]
        return b"".join(parts)

    def _overflowing(self, number: int, page: bytes) -> Iterator[tuple[bytes, int]]:
        """Cells whose value runs on: what lies on this page, and the number of the first overflow page."""
        head = 100 if number == 1 else 0
        kind = page[head]
        if kind not in (INDEX_INTERIOR, INDEX_LEAF, TABLE_LEAF):
            return
        (cells,) = struct.unpack(">H", page[head + 3 : head + 5])
        first = head + (12 if kind == INDEX_INTERIOR else 8)
        for at in range(first, min(first + 2 * cells, len(page) - 1), 2):
            (cell,) = struct.unpack(">H", page[at : at + 2])
            found = self._cell(kind, page, cell)
            if found:
                yield found

    def _cell(self, kind: int, page: bytes, at: int) -> tuple[bytes, int] | None:
        """One cell's local part and where it runs on; None where it does not, or is no cell."""
        at += 4 if kind == INDEX_INTERIOR else 0
        payload, at = varint(page, at)
        if kind == TABLE_LEAF:
            _, at = varint(page, at)
        local = self._local(kind, payload)
        if local == payload or at + local + 4 > len(page):
            return None
        return page[at : at + local], struct.unpack(">I", page[at + local : at + local + 4])[0]

    def _local(self, kind: int, payload: int) -> int:
        """How many bytes of a payload lie on the b-tree page itself (file format, section 1.6)."""
        most = self.usable - 35 if kind == TABLE_LEAF else (self.usable - 12) * 64 // 255 - 23
        if payload <= most:
            return payload
        least = (self.usable - 12) * 32 // 255 - 23
        some = least + (payload - least) % (self.usable - 4)
        return some if some <= most else least


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer and where it ends; what is cut off counts as zeros.

    >>> varint(bytes([0x81, 0x00]), 0)
    (128, 2)
    """
    value = 0
    for place in range(8):
        byte = data[at + place] if at + place < len(data) else 0
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, at + place + 1
    return value << 8 | (data[at + 8] if at + 8 < len(data) else 0), at + 9


def frames(wal: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Page number and offset of each page image in a write-ahead log, also of frames that are no longer valid."""
    for at in range(WAL_HEADER, len(wal) - FRAME_HEADER - size + 1, FRAME_HEADER + size):
        yield struct.unpack(">I", wal[at : at + 4])[0], at + FRAME_HEADER
