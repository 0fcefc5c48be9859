"""The Merkle tree of RFC 6962: growing it leaf by leaf, and the proofs read from its stored nodes.

A node is stored once its subtree is full, under (level, index): it covers the leaves
[index * 2**level, (index + 1) * 2**level). A proof is first a list of leaf ranges, then the stored nodes that
cover them, so that a caller fetches all nodes in one query. Checking proofs is the verifier's work
(`portal.core.evidence.verify`), which shares no code with this module on purpose: two readings of the RFC
must agree before a bundle passes.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

Node = tuple[int, int]
Range = tuple[int, int]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf's bytes (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two children (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size` (size >= 2).

    >>> [split(n) for n in (2, 3, 4, 5, 8, 9)]
    [1, 2, 2, 4, 4, 8]
    """
    return 1 << ((size - 1).bit_length() - 1)


def cover(span: Range) -> list[Node]:
    """The full nodes that make up a range of a proof, left to right; for (0, size) these are the tree's peaks.

    >>> cover((0, 7))
    [(2, 0), (1, 2), (0, 6)]
    """
    begin, end = span
    nodes = []
    while begin < end:
        width = end - begin
        level = width.bit_length() - 1
        nodes.append((level, begin >> level))
        begin += 1 << level
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over a row of peaks, joined from the right; the empty tree has the hash of nothing."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for peak in reversed(hashes[:-1]):
        root = node_hash(peak, root)
    return root


def grow(size: int, peaks: Sequence[bytes], leaf: bytes) -> tuple[list[bytes], list[tuple[Node, bytes]]]:
    """Append one leaf hash to a tree of `size` leaves: its new peaks, and the nodes that are full from now on."""
    row, level, index = list(peaks), 0, size
    full = [((0, size), leaf)]
    while index & 1:
        leaf = node_hash(row.pop(), leaf)
        level, index = level + 1, index >> 1
        full.append(((level, index), leaf))
    return [*row, leaf], full


def inclusion_path(index: int, size: int) -> list[Range]:
    """The leaf ranges of the proof that leaf `index` is in a tree of `size` leaves (RFC 6962 section 2.1.1).

    >>> inclusion_path(6, 7)
    [(4, 6), (0, 4)]
    """
    if not 0 <= index < size:
        raise ValueError(f"Leaf {index} is not in a tree of {size} leaves.")
    path: list[Range] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[Range]:
    """The leaf ranges of the proof that the first `old` leaves of a tree of `new` are unchanged (section 2.1.2)."""
    if not 0 <= old <= new:
        raise ValueError(f"A tree of {new} leaves cannot continue one of {old}.")
    if old in (0, new):
        return []
    path: list[Range] = []
    begin, end, whole = 0, new, True
    while end != old:
        middle = begin + split(end - begin)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin, whole = middle, False
    if not whole:
        path.append((begin, end))
    return path[::-1]


def nodes_of(path: Iterable[Range]) -> set[Node]:
    """Every stored node that the ranges of a proof are made of."""
    return {node for span in path for node in cover(span)}


def hashes_of(path: Iterable[Range], lookup: Callable[[Node], bytes]) -> list[bytes]:
    """The proof itself: the hash of each range, from the stored nodes."""
    return [fold([lookup(node) for node in cover(span)]) for span in path]
