"""The text of a service token: a marker that scanners find, a prefix that people recognise, and 256 random bits.

The marker follows the habit of prefixed tokens (GitHub, 2021), which secret scanners look for. Pure, so that its
properties can be tested without a database.
"""

from __future__ import annotations

import hashlib
import secrets

MARKER = "custody"


def fresh() -> tuple[str, str]:
    """A new token and the prefix that may be shown later.

    >>> plain, prefix = fresh()
    >>> plain.startswith(prefix + "_"), len(prefix), len(plain)
    (True, 16, 60)
    """
    prefix = f"{MARKER}_{secrets.token_hex(4)}"
    return f"{prefix}_{secrets.token_urlsafe(32)}", prefix


def hashed(plain: str) -> str:
    """The SHA-256 of a token in hex. With 256 random bits there is nothing that a slow hash could add.

    >>> hashed("custody_x")[:12]
    '163e60caf081'
    """
    return hashlib.sha256(plain.encode()).hexdigest()
