"""The bytes that a signature is about: RFC 8785 canonical JSON of a short array, in a domain of its own.

Pure, so that an offline verifier can build the same bytes. The array's first item keeps a signature from meaning
anything in another protocol; the nonce keeps it from meaning anything a second time.
"""

from __future__ import annotations

from hashlib import sha256

from portal.core.evidence.domain.canonical import canonical_bytes

DOMAIN = "custody.sign.v1"


def statement(*, digest: str, version: str, role: str, user: str, nonce: str) -> bytes:
    """The canonical bytes of [domain, digest, version, role, user, nonce].

    >>> statement(digest="sha256:00", version="1.0.0", role="producer", user="u", nonce="n")
    b'["custody.sign.v1","sha256:00","1.0.0","producer","u","n"]'
    """
    return canonical_bytes([DOMAIN, digest, version, role, user, nonce])


def challenge_bytes(said: bytes) -> bytes:
    """The 32 bytes that a passkey signs for a statement (WebAuthn section 13.4.3 asks for 16 random ones or more).

    >>> challenge_bytes(b"[]").hex()[:16]
    '4f53cda18c2baa0c'
    """
    return sha256(said).digest()
