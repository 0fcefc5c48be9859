"""A passkey's public key from COSE (RFC 9053) to SubjectPublicKeyInfo (RFC 5280), which openssl reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fido2 import cbor

ALGORITHM = 3
ES256, ESP256, EDDSA, RS256 = -7, -9, -8, -257


def spki(cose: bytes) -> bytes:
    """The DER of the key; empty for algorithms that the offline verifier does not know.

    Raises ValueError for bytes that are no such key.
    """
    key: Any = cbor.decode(cose)
    if not isinstance(key, Mapping):
        raise ValueError("A COSE key is a map.")  # noqa: TRY004 - one kind for every malformed key
    algorithm = key.get(ALGORITHM)
    if algorithm in (ES256, ESP256):
        return _der(ec.EllipticCurvePublicNumbers(_number(key[-2]), _number(key[-3]), ec.SECP256R1()).public_key())
    if algorithm == EDDSA:
        return _der(ed25519.Ed25519PublicKey.from_public_bytes(key[-2]))
    if algorithm == RS256:
        return _der(rsa.RSAPublicNumbers(_number(key[-2]), _number(key[-1])).public_key())
    return b""


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _der(key: Any) -> bytes:
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
