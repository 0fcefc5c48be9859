"""Identifiers as the database may hold them: sealed under the request's own key, or as a token to look them up."""

import json
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from privacy_app import keystore
from privacy_app.domain import pseudonym


def seal(key_name: str, value: Any) -> bytes:
    """AES-256-GCM over the JSON of `value`, bound to its request; the nonce first."""
    nonce = os.urandom(12)
    plain = json.dumps(value).encode()
    return nonce + AESGCM(keystore.keys_of(key_name).sealing).encrypt(nonce, plain, key_name.encode())


def unseal(key_name: str, sealed: bytes | memoryview) -> Any:
    """What `seal` was given. Raises KeyShredded once the request's key is destroyed."""
    data = bytes(sealed)
    return json.loads(AESGCM(keystore.keys_of(key_name).sealing).decrypt(data[:12], data[12:], key_name.encode()))


def proof_token(key_name: str, kind: str, value: str) -> str:
    """The identifier as the proof shows it: under the request's own key."""
    return pseudonym.token(keystore.keys_of(key_name).pseudonym, kind, value)


def lookup_token(kind: str, value: str) -> str:
    """The identifier as look-up columns hold it."""
    return pseudonym.token(keystore.lookup_key(), kind, value)


def suppression_token(kind: str, value: str, version: int = keystore.SUPPRESSION_VERSION) -> str:
    """The identifier as the suppression list holds it."""
    return pseudonym.token(keystore.suppression_key(version), kind, value)
