"""The verifier's own arithmetic of persons' keys, against a library of others: what is right passes, else nothing."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from portal.core.evidence import verify, verify_signatures
from portal.core.evidence.verify_signatures import G, N, p256_ok, signature_ok

RSA = rsa.generate_private_key(65537, 2048)


def der_of(key: Any) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def ok(key: bytes, message: bytes, signature: bytes) -> bool:
    return signature_ok(verify, key, message, signature)


@given(st.binary(max_size=200), st.integers(min_value=1, max_value=2**200))
def test_what_the_library_signs_by_ecdsa_is_accepted_and_a_changed_message_is_not(message: bytes, secret: int) -> None:
    key = ec.derive_private_key(secret, ec.SECP256R1())
    signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
    assert ok(der_of(key), message, signature)
    assert not ok(der_of(key), message + b"x", signature)


def test_a_signature_with_a_number_out_of_range_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    r, s = utils.decode_dss_signature(key.sign(b"m", ec.ECDSA(hashes.SHA256())))
    for bad in ((0, s), (r, 0), (N, s), (r, N), (r + N, s), (r, s + N), (0, 0)):
        assert not ok(der_of(key), b"m", utils.encode_dss_signature(*bad))


def test_a_key_that_is_no_point_of_the_curve_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    signature = key.sign(b"m", ec.ECDSA(hashes.SHA256()))
    assert not p256_ok(G[0].to_bytes(32, "big") + (G[1] + 1).to_bytes(32, "big"), b"m", signature)
    assert not p256_ok(bytes(64), b"m", signature)


def test_the_known_answer_of_rfc_6979_for_p256_with_sha256() -> None:
    key = bytes.fromhex(
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
    )
    r = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
    s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
    assert p256_ok(key, b"sample", utils.encode_dss_signature(r, s))
    assert not p256_ok(key, b"sampl", utils.encode_dss_signature(r, s))


@pytest.mark.parametrize("key", [ed25519.Ed25519PrivateKey.generate(), RSA], ids=["ed25519", "rsa"])
def test_keys_of_the_other_kinds_are_checked_too(key: Any) -> None:
    is_rsa = key is RSA
    signature = key.sign(b"m", padding.PKCS1v15(), hashes.SHA256()) if is_rsa else key.sign(b"m")
    assert ok(der_of(key), b"m", signature)
    assert not ok(der_of(key), b"n", signature)
    assert not ok(der_of(key), b"m", signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not ok(der_of(key), b"m", signature + b"\x00")


def test_a_short_rsa_key_and_another_padding_are_refused() -> None:
    short = rsa.generate_private_key(65537, 1024)
    assert not ok(der_of(short), b"m", short.sign(b"m", padding.PKCS1v15(), hashes.SHA256()))
    pss = RSA.sign(b"m", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    assert not ok(der_of(RSA), b"m", pss)
    sha384 = RSA.sign(b"m", padding.PKCS1v15(), hashes.SHA384())
    assert not ok(der_of(RSA), b"m", sha384)


def test_a_key_of_an_unknown_kind_is_not_checked_and_never_ok() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    with pytest.raises(verify.NotChecked, match="does not know the kind"):
        ok(der_of(other), b"m", other.sign(b"m", ec.ECDSA(hashes.SHA384())))
    with pytest.raises(verify.NotChecked):
        ok(b"", b"m", b"")


@given(st.binary(max_size=90))
def test_bytes_that_are_no_signature_are_refused_or_malformed_and_never_accepted(signature: bytes) -> None:
    key = der_of(ec.derive_private_key(7, ec.SECP256R1()))
    try:
        accepted = ok(key, b"m", signature)
    except verify.MALFORMED:
        accepted = False
    assert not accepted
    assert key[:27] == verify_signatures.P256_KEY
