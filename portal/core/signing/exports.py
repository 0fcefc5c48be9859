"""What a bundle holds of a signature: its part of the proof, and the same as files for openssl."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from portal.core.evidence.selectors import inclusion_proof
from portal.core.evidence.services import place_of
from portal.core.evidence.services.bundles import SIGNATURES, signature_verifier_source
from portal.core.evidence.verify_signatures import PARTS
from portal.core.identity.enrolment import enrolment_of
from portal.core.signing.selectors import base64url, material_of

if TYPE_CHECKING:
    from portal.core.evidence.models import Entry
    from portal.core.signing.models import Signature


def proof_of(signature: Signature) -> dict[str, Any]:
    """The signature as `verify_signatures.py` reads it; bytes are base64url without padding.

    Raises LookupError for a signature whose ledger entry was not kept with it.
    """
    passkey, enrolled = material_of(signature), _enrolled(signature)
    return {
        "role": signature.role,
        "user": str(signature.user.public_id),
        "method": signature.method,
        "strength": signature.strength,
        "statement": bytes(signature.statement).decode(),
        "server": {"key": signature.key_id, "signature": base64url(bytes(signature.server_signature))},
        "entry": _entry(signature).document(),
        **({"passkey": passkey} if passkey else {}),
        **({"enrolled": enrolled.document()} if enrolled else {}),
    }


def files_of(signature: Signature) -> dict[str, bytes]:
    """The same bytes as files by name, with the entry's place in the ledger; raises EntryPending for some seconds."""
    files = {
        "statement.json": bytes(signature.statement),
        "countersignature.bin": bytes(signature.server_signature),
        "entry.tlog": inclusion_proof(*place_of(_entry(signature))).encode(),
    }
    passkey, enrolled = material_of(signature), _enrolled(signature)
    if enrolled is not None:
        files["enrolled.tlog"] = inclusion_proof(*place_of(enrolled)).encode()
    parts = {name: _bytes(str(passkey[field])) for name, field in PARTS.items()} if passkey else {}
    return files | parts


def _entry(signature: Signature) -> Entry:
    if signature.entry is None:
        raise LookupError(f"The signature as {signature.role} was given before entries were kept with signatures.")
    return signature.entry


def numbered_files(signatures: Iterable[Signature]) -> dict[str, bytes]:
    """The files of several signatures, each in a folder of its number, with the verifier of signatures."""
    files = {SIGNATURES: signature_verifier_source()}
    for number, signature in enumerate(signatures, 1):
        files |= {f"signatures/{number}/{name}": data for name, data in files_of(signature).items()}
    return files


def _enrolled(signature: Signature) -> Entry | None:
    """How the passkey entered the ledger; None for other methods, and for passkeys of before such entries."""
    material = material_of(signature)
    return enrolment_of(str(signature.user.public_id), str(material["credential"])) if material else None


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
