"""Proofs as text files: inclusion (c2sp.org/tlog-proof) and consistency (the body of c2sp.org/tlog-witness).

Both end with the signed checkpoint that they lead to, so that one file is all a reader needs.
"""

import base64
from collections.abc import Sequence

INCLUSION_HEADER = "c2sp.org/tlog-proof@v1"


def _lines(hashes: Sequence[bytes]) -> str:
    return "".join(base64.b64encode(item).decode() + "\n" for item in hashes)


def inclusion_text(index: int, path: Sequence[bytes], note: str) -> str:
    """A tlog-proof: header, index, the path from the leaf's sibling upwards, an empty line, the checkpoint."""
    return f"{INCLUSION_HEADER}\nindex {index}\n{_lines(path)}\n{note}"


def consistency_text(old: int, path: Sequence[bytes], note: str) -> str:
    """The proof that the tree of `old` leaves is a prefix of the checkpoint's, in tlog-witness form."""
    return f"old {old}\n{_lines(path)}\n{note}"
