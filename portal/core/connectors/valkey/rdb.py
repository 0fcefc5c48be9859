"""Seeing through LZF in snapshots and append-only base files (RDB format, version 9 and later).

Strings over 20 bytes, small hashes and stream nodes are stored compressed, where a byte scan is blind. Every such
string starts with 0xC3 and two lengths, so they are carved out wherever they lie: no type or version is missed.
"""

from collections.abc import Iterator

MARK = 0xC3


def carved(data: bytes) -> Iterator[bytes]:
    """Every string that decompresses to exactly its stated length."""
    at = data.find(MARK)
    while at >= 0:
        clear, end = _at(data, at + 1)
        if clear is not None:
            yield clear
        at = data.find(MARK, end if clear is not None else at + 1)


def _at(data: bytes, at: int) -> tuple[bytes | None, int]:
    """The string whose lengths start at `at`, and where it ends; None when there is none."""
    packed, at = _length(data, at)
    size, at = _length(data, at)
    if not 0 < packed < size or at + packed > len(data):
        return None, at
    return lzf(data[at : at + packed], size), at + packed


def _length(data: bytes, at: int) -> tuple[int, int]:
    """An RDB length and the offset after it; -1 for what is not a length."""
    if at >= len(data):
        return -1, at
    first = data[at]
    if first < 0x40:
        return first, at + 1
    if first < 0x80:
        return (first & 0x3F) << 8 | data[at + 1] if at + 1 < len(data) else -1, at + 2
    if first == 0x80:
        return int.from_bytes(data[at + 1 : at + 5], "big"), at + 5
    return -1, at + 1


def lzf(data: bytes, size: int) -> bytes | None:
    """Decompress LibLZF (Marc Lehmann); None when the data does not give exactly `size` bytes.

    >>> lzf(bytes([0]) + b"a" + bytes([0x80, 0]), 7)
    b'aaaaaaa'
    """
    out, at, end = bytearray(), 0, len(data)
    while at < end:
        control, at = data[at], at + 1
        if control < 32:
            out += data[at : at + control + 1]
            at += control + 1
            if at > end:
                return None
            continue
        length = control >> 5
        if length == 7:
            if at >= end:
                return None
            length, at = length + data[at], at + 1
        if at >= end or not _repeat(out, (control & 0x1F) << 8 | data[at], length + 2):
            return None
        at += 1
        if len(out) > size:
            return None
    return bytes(out) if len(out) == size else None


def _repeat(out: bytearray, back: int, length: int) -> bool:
    """Append `length` bytes from `back + 1` before the end, which may overlap; False when that is before the start."""
    start = len(out) - back - 1
    if start < 0:
        return False
    piece = out[start : start + length]
    while len(piece) < length:
        piece += piece[: length - len(piece)]
    out += piece
    return True
