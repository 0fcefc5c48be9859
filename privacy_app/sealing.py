"""Identifiers as the database may hold them: sealed under the request's own key, or as a token to look them up."""

import json
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from privacy_app import keystore
from privacy_app.domain import pseudonym


def seal(key_name: str, value: Any) -> bytes:
    """AES-256-GCM over the JSON of `value`, bound to its request; the nonce first."""
    return seal_bytes(key_name, json.dumps(value).encode())


def unseal(key_name: str, sealed: bytes | memoryview) -> Any:
    """What `seal` was given. Raises KeyShredded once the request's key is destroyed."""
    return json.loads(unseal_bytes(key_name, sealed))


def seal_bytes(key_name: str, data: bytes) -> bytes:
    """AES-256-GCM over a whole file, bound to its request; the nonce first."""
    nonce = os.urandom(12)
    return nonce + AESGCM(keystore.keys_of(key_name).sealing).encrypt(nonce, data, key_name.encode())


def unseal_bytes(key_name: str, sealed: bytes | memoryview) -> bytes:
    """What `seal_bytes` was given. Raises KeyShredded once the request's key is destroyed."""
    data = bytes(sealed)
    return AESGCM(keystore.keys_of(key_name).sealing).decrypt(data[:12], data[12:], key_name.encode())


def proof_token(key_name: str, kind: str, value: str) -> str:
    """The identifier as the proof shows it: under the request's own key."""
    return pseudonym.token(keystore.keys_of(key_name).pseudonym, kind, value)


def lookup_token(kind: str, value: str) -> str:
    """The identifier as look-up columns hold it."""
    return pseudonym.token(keystore.lookup_key(), kind, value)


def suppression_token(kind: str, value: str, version: int | None = None) -> str:
    """The identifier as the suppression list holds it, under the newest version of its key unless another is named."""
    number = keystore.suppression_versions()[-1] if version is None else version
    return pseudonym.token(keystore.suppression_key(number), kind, value)


def suppression_keys() -> list[bytes]:
    """Every version of the suppression key, to compare many values with tokens of any age."""
    return [keystore.suppression_key(version) for version in keystore.suppression_versions()]
