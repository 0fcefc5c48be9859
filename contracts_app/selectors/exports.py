"""What an export shows beyond the contract's own text, and which files are stored already."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import rfc8785

from contracts_app.models import StoredExport, Version
from portal.core.making.leases import waiting_since


def facts_of(version: Version) -> dict[str, Any]:
    """Everything that the PDF of a version shows, as plain data: people as opaque ids, because files outlive names."""
    links = version.signatures.filter(voided_at=None).select_related("user", "signature")
    return {
        "contract": version.contract.name,
        "version": version.number,
        "canonical_hash": version.digest,
        "state": version.state,
        "asset": version.asset.key if version.asset else None,
        "proposed_at": _time(version.proposed_at),
        "notice_ends_at": _time(version.notice_ends_at),
        "activated_at": _time(version.activated_at),
        "deprecated_until": _time(version.deprecated_until),
        "roles_needed": [str(role) for role in version.roles],
        "signatures": [_signature(link) for link in links],
        "report": version.report,
        "text": version.text,
    }


def basis_of(facts: dict[str, Any]) -> str:
    """The hash of what a stored file shows."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(facts)).hexdigest()


def stored_export(version: Version, format_key: str) -> StoredExport | None:
    """The file of the version as it stands now, if somebody asked for it."""
    return StoredExport.objects.filter(version=version, format=format_key, basis=basis_of(facts_of(version))).first()


def _signature(link: Any) -> dict[str, Any]:
    signature = link.signature
    return {
        "role": link.role,
        "person": str(link.user.public_id),
        "method": signature.method,
        "strength": signature.strength,
        "signed_at": _time(signature.signed_at),
        "digest": signature.digest,
        "reference": f"CS-{link.version_id}-{link.pk}",
    }


def _time(moment: Any) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def exports_waiting() -> tuple[int, datetime | None]:
    """How many files wait to be made, and since when the oldest does."""
    return waiting_since(StoredExport)
