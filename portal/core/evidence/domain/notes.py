"""Signed notes and checkpoints as C2SP defines them (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).

A note is text, an empty line, and signature lines; a checkpoint is a note of three lines: origin, tree size
and root. Signing takes a function, so that the key itself never comes here.
"""

import base64
import hashlib
from collections.abc import Callable

ED25519 = b"\x01"


def check_name(name: str) -> str:
    """The key name when C2SP allows it; ValueError when it is empty or has a space or a plus sign."""
    if not name or "+" in name or any(char.isspace() for char in name):
        raise ValueError(f"The key name {name!r} must be non-empty, without spaces and without '+'.")
    return name


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes that name an Ed25519 key in a signature line."""
    return hashlib.sha256(check_name(name).encode() + b"\n" + ED25519 + public).digest()[:4]


def sign_note(text: str, name: str, public: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The signed note for `text` (which ends in a newline)."""
    if not text.endswith("\n") or any(ord(char) < 32 and char != "\n" for char in text):
        raise ValueError("A note's text ends in a newline and has no other control character.")
    signature = base64.b64encode(key_id(name, public) + sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The three lines that a log signs.

    >>> checkpoint_text("example.com/log", 0, hashlib.sha256(b"").digest()).splitlines()[:2]
    ['example.com/log', '0']
    """
    if size < 0 or len(root) != 32:
        raise ValueError("A checkpoint has a size of zero or more and a root of 32 bytes.")
    return f"{check_name(origin)}\n{size}\n{base64.b64encode(root).decode()}\n"
