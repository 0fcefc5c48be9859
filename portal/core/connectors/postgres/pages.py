"""Reading PostgreSQL's pages as the server writes them, to see through compression (storage/page, htup_details.h).

A byte scan does not see a value that PostgreSQL compressed (pglz) inside a row or cut into TOAST chunks. This reader
walks every row version on a page, dead ones too, and yields those values in the clear. lz4 is not decoded here.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

PAGE = 8192
NORMAL = 1  # line pointer state LP_NORMAL
TORN = (struct.error, IndexError, ValueError)  # what bytes that are not a row run into


@dataclass(frozen=True)
class Attribute:
    """One column's layout, as pg_attribute has it: `length` -1 is variable, `align` in bytes."""

    length: int
    align: int


@dataclass
class Decoded:
    """What one pass saw: values in the clear, TOAST chunks by value, and how many could not be decoded."""

    values: list[bytes] = field(default_factory=list)
    undecodable: int = 0


def row_versions(page: bytes) -> Iterator[bytes]:
    """Every row version on a heap page that a line pointer still leads to."""
    lower = struct.unpack_from("<H", page, 12)[0]
    for at in range(24, min(lower, PAGE), 4):
        pointer = struct.unpack_from("<I", page, at)[0]
        offset, state, length = pointer & 0x7FFF, (pointer >> 15) & 3, pointer >> 17
        if state == NORMAL and length >= 23 and offset + length <= PAGE:
            yield page[offset : offset + length]


def compressed_values(row: bytes, attributes: list[Attribute], into: Decoded) -> None:
    """Add the row's inline-compressed values in the clear; plain ones are left to the byte scan.

    A row that does not fit its layout (a page torn by a concurrent write) counts as undecodable.
    """
    try:
        for at in _variable(row, attributes):
            header = struct.unpack_from("<I", row, at)[0]
            if not row[at] & 1 and header & 3 == 2:
                _decompress_into(row[at + 4 : at + (header >> 2)], into)
    except TORN:
        into.undecodable += 1


def _variable(row: bytes, attributes: list[Attribute]) -> Iterator[int]:
    """Offsets of the row's variable-length values, walked as heap_deform_tuple does."""
    has_nulls = struct.unpack_from("<H", row, 20)[0] & 1
    count = min(struct.unpack_from("<H", row, 18)[0] & 0x7FF, len(attributes))
    at = row[22]
    for number in range(count):
        if has_nulls and not row[23 + number // 8] >> (number % 8) & 1:
            continue
        attribute = attributes[number]
        if attribute.length >= 0:
            at = _aligned(at, attribute.align) + attribute.length
            continue
        if attribute.length == -2:
            at = row.index(b"\0", at) + 1
            continue
        if at >= len(row):
            return
        if not row[at]:
            at = _aligned(at, attribute.align)
        if at + 4 <= len(row):
            yield at
        if not (size := _size(row, at)):
            raise ValueError("no value has no size")
        at += size


def _size(row: bytes, at: int) -> int:
    """Bytes that a variable-length value takes in its row, header included."""
    first = row[at]
    if first == 1:
        return 18  # a pointer to TOAST
    if first & 1:
        return first >> 1
    return int(struct.unpack_from("<I", row, at)[0]) >> 2


def _aligned(at: int, align: int) -> int:
    return (at + align - 1) // align * align


def toasted(rows: Iterator[bytes], into: Decoded) -> None:
    """Join TOAST chunks (chunk_id, chunk_seq, chunk_data) and add each value, in the clear where compressed."""
    chunks: dict[int, dict[int, bytes]] = {}
    for row in rows:
        try:
            value, number, part = _chunk(row)
        except TORN:
            into.undecodable += 1
            continue
        chunks.setdefault(value, {})[number] = part
    for parts in chunks.values():
        data = b"".join(parts[number] for number in sorted(parts))
        into.values.append(data)
        if len(data) > 4 and data[3] >> 6 == 0 and (clear := pglz(data[4:], struct.unpack("<I", data[:4])[0])):
            into.values.append(clear)


def _chunk(row: bytes) -> tuple[int, int, bytes]:
    """A TOAST row as (value, number of the chunk, bytes)."""
    at = row[22]
    value, number = struct.unpack_from("<II", row, at)
    start = at + 8 + (1 if row[at + 8] & 1 else 4)
    return value, number, row[start : at + 8 + _size(row, at + 8)]


def _decompress_into(data: bytes, into: Decoded) -> None:
    """`data` starts with the raw size (30 bits) and the method (2 bits)."""
    info = struct.unpack_from("<I", data)[0]
    clear = pglz(data[4:], info & 0x3FFFFFFF) if info >> 30 == 0 else None
    if clear is None:
        into.undecodable += 1
    else:
        into.values.append(clear)


def pglz(data: bytes, size: int) -> bytes | None:
    """Decompress PostgreSQL's LZ format (common/pg_lzcompress.c); None when `data` is not a whole stream of it.

    >>> pglz(bytes([2]) + b"a" + bytes([0x03, 1]), 7)
    b'aaaaaaa'
    """
    out, at = bytearray(), 0
    while at < len(data) and len(out) < size:
        control, at = data[at], at + 1
        for bit in range(8):
            if at >= len(data) or len(out) >= size:
                break
            if not control >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            if at + 1 >= len(data):
                return None
            length, back = (data[at] & 0x0F) + 3, (data[at] & 0xF0) << 4 | data[at + 1]
            at += 2
            if length == 18:
                if at >= len(data):
                    return None
                length, at = length + data[at], at + 1
            if not 0 < back <= len(out):
                return None
            for _ in range(min(length, size - len(out))):
                out.append(out[-back])
    return bytes(out) if len(out) == size else None
