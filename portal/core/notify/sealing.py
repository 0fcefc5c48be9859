"""Encrypts what waits in the outbox, so that no address or code lies plain in the database or its log."""

import hashlib
import json
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from portal.core.notify.base import Letter


def seal(letter: Letter) -> bytes:
    """AES-256-GCM under a key derived from SECRET_KEY; 12 bytes of nonce first."""
    nonce = os.urandom(12)
    plain = json.dumps([letter.address, letter.subject, letter.body, dict(letter.details)]).encode()
    return nonce + AESGCM(_key()).encrypt(nonce, plain, letter.key.encode())


def unseal(sealed: bytes, key: str) -> Letter:
    """The letter back; raises InvalidTag where key or bytes are not what they were."""
    address, subject, body, *rest = json.loads(AESGCM(_key()).decrypt(sealed[:12], sealed[12:], key.encode()))
    # what was sealed before letters had details has three parts
    return Letter(address=address, subject=subject, body=body, key=key, details=rest[0] if rest else {})


def _key() -> bytes:
    return hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"custody.outbox").digest()
