"""Reading signatures, and what lets others check them without us."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import TYPE_CHECKING

from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.signing.domain.cose import spki
from portal.core.signing.models import Assertion, Signature

if TYPE_CHECKING:
    from django.db.models import QuerySet

NO_MATERIAL = "none"
BYTES = ("client_data", "authenticator_data", "person_signature", "public_key")


def signatures_of(purpose: str, ref: str) -> QuerySet[Signature]:
    """The signatures on one thing, oldest first, with their signers."""
    return Signature.objects.filter(purpose=purpose, ref=ref).select_related("user")


def passkeys_of(signatures: Iterable[Signature]) -> dict[int, Assertion]:
    """What passkeys answered, by the signature's key; signatures by other methods are left out."""
    return {kept.signature_id: kept for kept in Assertion.objects.filter(signature__in=signatures)}


def material_of(signature: Signature) -> dict[str, str | int]:
    """What a passkey left for an offline verifier, bytes in base64url without padding; empty for other methods."""
    kept = Assertion.objects.filter(signature=signature).first()
    if kept is None:
        return {}
    shown: dict[str, str | int] = {name: base64url(getattr(kept, name)) for name in BYTES}
    return shown | {
        "public_key_spki": base64url(spki(bytes(kept.public_key))),
        "credential": kept.credential,
        "rp_id": kept.rp_id,
        "origin": kept.origin,
        "sign_count": kept.sign_count,
    }


def material_digest(signature: Signature) -> str:
    """What the ledger's entry names: the digest of that material in canonical form, or "none"."""
    material = material_of(signature)
    return digest(canonical_bytes(material)) if material else NO_MATERIAL


def base64url(data: bytes) -> str:
    """RFC 4648 section 5, without padding, as WebAuthn writes bytes in JSON."""
    return urlsafe_b64encode(bytes(data)).rstrip(b"=").decode()
