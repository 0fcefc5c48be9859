"""The evidence bundle of a waiver: what was let through, by whose signature, until when, and whether it was revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contracts_app.services.errors import Refused
from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.selectors import entries_with, inclusion_proof
from portal.core.evidence.services import build_bundle, place_of
from portal.core.signing.exports import numbered_files, proof_of

if TYPE_CHECKING:
    from contracts_app.models import Waiver
    from portal.core.evidence.models import Entry

NOT_COVERED = (
    "Whether the reason was a good one: the signer answers for it.",
    "What the gate did with it: its runs are recorded apart.",
    "That a passkey, or a password, belongs to the person behind the opaque id: the portal attests it.",
)


def build_waiver_bundle(waiver: Waiver) -> bytes:
    """The ZIP of a signed waiver, tied to the ledger by its signing.

    Raises Refused for one without a signature, and EntryPending while the ledger gives it its place.
    """
    if waiver.signature is None:
        raise Refused(f"{waiver} waits for its signature: there is nothing to prove yet.")
    told = entries_with(waiver.digest).filter(kind__startswith="contracts:waiver:")
    entries = [each for each in told if each.payload.get("waiver") == str(waiver.pk)]
    if not entries:
        raise Refused(f"The ledger has no entry of {waiver}: it is older than the ledger.")
    return build_bundle(
        proof=_proof(waiver, entries),
        entry=entries[0],
        files={
            "waiver.json": waiver.terms.canonical(),
            "life.json": canonical_bytes([inclusion_proof(*place_of(each)) for each in entries]),
            "signatures.json": canonical_bytes([proof_of(waiver.signature)]),
            **numbered_files([waiver.signature]),
        },
        not_covered=list(NOT_COVERED),
    )


def _proof(waiver: Waiver, entries: list[Entry]) -> dict[str, Any]:
    return {
        "format": "custody-waiver@v1",
        "waiver": str(waiver.pk),
        "digest": waiver.digest,
        "expires_at": waiver.expires_at.isoformat(),
        "revoked_at": waiver.revoked_at.isoformat() if waiver.revoked_at else "",
        "life": [each.document() for each in entries],
    }
