"""The evidence bundle of a contract's signatures: what an auditor checks on a laptop, without an account."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

import rfc8785
from django.template.loader import render_to_string

from contracts_app.selectors import report_bytes, stored_export
from contracts_app.services.errors import Refused
from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.kinds import names
from portal.core.evidence.selectors import entries_about, inclusion_proof, read_artifact
from portal.core.evidence.services import build_bundle, place_of
from portal.core.evidence.verify import CONTRACT
from portal.core.signing.exports import numbered_files, proof_of

if TYPE_CHECKING:
    from contracts_app.models import Version
    from portal.core.signing.models import Signature

NOT_COVERED = (
    "That a passkey, or a password, belongs to the person behind the opaque id: the portal attests it.",
    "That contract.yaml says the same as contract.json (the standard library reads no YAML): `custody lint` shows it.",
    "What a person saw on the screen when they signed: a passkey signs the hash.",
    "That the data kept the promises: service levels and incidents are evidence apart.",
    "A qualified electronic signature in the sense of eIDAS: none of these is one.",
)
WEAKER = "What was typed for a signature by password and one-time code: only the portal saw it."


def build_contract_bundle(version: Version) -> bytes:
    """The ZIP for a version with at least one signature that counts; cheap enough for a request.

    Raises Refused where nobody has signed, and EntryPending while the ledger gives the last signature its place.
    """
    links = version.signatures.filter(voided_at=None).select_related("signature__user", "signature__entry")
    signatures = [link.signature for link in links]
    if not signatures:
        raise Refused(f"Nobody has signed {version}: there is nothing to prove yet.")
    entries = [signature.entry for signature in signatures if signature.entry is not None]
    if len(entries) < len(signatures):
        raise Refused(f"A signature under {version} is older than its ledger entry's link: it cannot be exported.")
    weaker = any(signature.method != "passkey" for signature in signatures)
    life, places = _life(version)
    return build_bundle(
        proof=_proof(version, signatures) | {"life": life},
        entry=entries[-1],
        pdf=_stored_pdf(version),
        files=_files(version, signatures) | {"life.json": canonical_bytes(places)},
        not_covered=[*NOT_COVERED, *([WEAKER] if weaker else [])],
    )


def _stored_pdf(version: Version) -> bytes | None:
    """The PDF of the version as it stands, if somebody had it made: a request never makes one."""
    stored = stored_export(version, "pdf")
    return read_artifact(stored.artifact) if stored and stored.artifact else None


def _life(version: Version) -> tuple[list[Any], list[str]]:
    """What the ledger says of these bytes (proposed, signed, answered, in force, …), and the proof of each entry.

    In the ledger's order.
    """
    kinds = [name for name in names() if name.startswith("contracts:")]
    entries = entries_about(kinds, {"contract": version.contract.name, "digest": version.digest})
    numbered = sorted(((*place_of(entry), entry) for entry in entries), key=itemgetter(0))
    documents = [entry.document() for _, _, entry in numbered]
    return documents, [inclusion_proof(index, checkpoint) for index, checkpoint, _ in numbered]


def _proof(version: Version, signatures: list[Signature]) -> dict[str, Any]:
    return {
        "format": CONTRACT,
        "contract": {
            "name": version.contract.name,
            "version": version.number,
            "digest": version.digest,
            "state": version.state,
            "roles": [role.value for role in version.roles_needed],
        },
        "signatures": [proof_of(signature) for signature in signatures],
    }


def _files(version: Version, signatures: list[Signature]) -> dict[str, bytes]:
    """contract.json hashes to what was signed: that ties the bundle to the ledger's entry."""
    files = {
        "contract.yaml": bytes(version.authored),
        "contract.json": rfc8785.dumps(version.loaded.source.data),
        "change-report.json": report_bytes(version),
        **numbered_files(signatures),
    }
    numbered = list(enumerate(signatures, 1))
    told = render_to_string("contracts_app/documents/signatures.txt", {"version": version, "numbered": numbered})
    return files | {"SIGNATURES.txt": told.encode()}
