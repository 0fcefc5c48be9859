"""Run identifiers: UUIDs of version 7 (RFC 9562, 5.7), which sort by the time they were made."""

from __future__ import annotations

import secrets
import time
import uuid


def uuid7(milliseconds: int | None = None) -> uuid.UUID:
    """A new UUID of version 7, for now or for the given Unix time in milliseconds.

    >>> made = uuid7(0x017F22E279B0)
    >>> made.version, str(made)[:13]
    (7, '017f22e2-79b0')
    """
    stamp = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    chance = secrets.randbits(74)
    value = (stamp & (2**48 - 1)) << 80 | 0x7 << 76 | (chance >> 62) << 64 | 0b10 << 62 | chance & (2**62 - 1)
    return uuid.UUID(int=value)
