"""Asking for a waiver, signing it, and taking it back: each once, each with its evidence."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from contracts_app import evidence_kinds, selectors
from contracts_app.domain.waivers import ONCE, refusal, waivable
from contracts_app.models import Contract, Version, Waiver
from contracts_app.services.errors import Refused
from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, may, require
from portal.core.identity.roles import Role
from portal.core.signing import services as signing

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset

PURPOSE = "waiver"


@dataclass(frozen=True, slots=True)
class Waived:
    """What is to be waived: a row of a version's change report, or a finding of the gate about `path`."""

    rule: str
    path: str = ""
    version: Version | None = None
    contract: Contract | None = None
    asset: Asset | None = None
    job: str = ""


@transaction.atomic
def ask_waiver(*, user: Any, what: Waived, reason: str, expires_at: datetime, key: uuid.UUID) -> Waiver:
    """Write a waiver down; it counts once it is signed. `key` makes a second POST harmless.

    The head of data may, and whoever writes contracts for the team that it is about. Raises Refused with every reason.
    """
    known = Waiver.objects.filter(key=key, asked_by=user).first()
    if known is not None:
        return known
    contract = what.contract or (what.version.contract if what.version else None)
    if not may(user, Act.WAIVE_GATE):
        require(user, Act.WRITE_CONTRACT, contract or what.asset)
    reasons = check_waiver(what, reason=reason, expires_at=expires_at)
    if reasons:
        raise Refused(*reasons)
    return Waiver.objects.create(
        rule=what.rule,
        path=what.path,
        contract=contract,
        version=what.version,
        asset=what.asset,
        job=what.job,
        reason=reason.strip(),
        expires_at=expires_at,
        key=key,
        asked_by=user,
        asked_at=now(),
    )


def check_waiver(what: Waived, *, reason: str, expires_at: datetime) -> list[str]:
    """What stands against this waiver, as sentences."""
    gates = _gates(what)
    if gates is None:
        return [f"{what.version} has no row `{what.rule}` at `{what.path}` in its change report."]
    since = selectors.first_waived(what.rule, what.path) if what.rule in ONCE else None
    return refusal(waivable(what.rule, gates or None), reason=reason, expires_at=expires_at, now=now(), since=since)


def begin_waiver_signature(*, user: Any, waiver: Waiver) -> Any:
    """A challenge over the waiver's hash; raises Refused where it is signed, ended or no longer allowed."""
    require(user, Act.WAIVE_GATE, waiver)
    _check_open(waiver)
    role = Role.HEAD_OF_DATA.label.lower()
    return signing.begin(user=user, purpose=PURPOSE, digest=waiver.digest, version="1", role=role, ref=waiver.ref)


@transaction.atomic
def sign_waiver(*, user: Any, waiver: Waiver, challenge_id: Any, proof: Any) -> Waiver:
    """Sign, and from now on let through what it names. Raises Refused or SigningRefused."""
    waiver = Waiver.objects.select_for_update(of=("self",)).get(pk=waiver.pk)
    require(user, Act.WAIVE_GATE, waiver)
    _check_open(waiver)
    signature = signing.complete(user=user, challenge_id=challenge_id, proof=proof, current_digest=waiver.digest)
    if (signature.purpose, signature.ref) != (PURPOSE, waiver.ref):
        raise Refused("This signature was begun for something else. Open the sign page again.")
    waiver.signer, waiver.signature, waiver.signed_at = user, signature, signature.signed_at
    waiver.save(update_fields=["signer", "signature", "signed_at"])
    more = {"expires": waiver.expires_at.isoformat(), "method": signature.method}
    _record(evidence_kinds.WAIVER_SIGNED, user, waiver, waiver.reason, more)
    publish("contracts.waiver.signed", {"waiver_id": waiver.pk}, key=waiver.ref)
    return waiver


@transaction.atomic
def revoke_waiver(*, user: Any, waiver: Waiver, reason: str) -> Waiver:
    """End a waiver before its time; revoking twice changes nothing. Raises Refused without a reason."""
    waiver = Waiver.objects.select_for_update(of=("self",)).get(pk=waiver.pk)
    require(user, Act.WAIVE_GATE, waiver)
    if waiver.revoked_at is not None:
        return waiver
    if not reason.strip():
        raise Refused("Say why it is revoked; whoever relied on it will read it.")
    waiver.revoked_at, waiver.revoked_by, waiver.revoked_reason = now(), user, reason.strip()
    waiver.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    _record(evidence_kinds.WAIVER_REVOKED, user, waiver, reason, {})
    publish("contracts.waiver.revoked", {"waiver_id": waiver.pk}, key=waiver.ref)
    return waiver


def _check_open(waiver: Waiver) -> None:
    word, _ = waiver.standing(now())
    if waiver.signed_at is not None or waiver.revoked_at is not None or waiver.expires_at <= now():
        raise Refused(f"This waiver is {word.lower()} and cannot be signed.")
    what = Waived(waiver.rule, waiver.path, waiver.version, waiver.contract, waiver.asset, waiver.job)
    reasons = check_waiver(what, reason=waiver.reason, expires_at=waiver.expires_at)
    if reasons:
        raise Refused(*reasons)


def _gates(what: Waived) -> set[str] | None:
    """The gates of the rows meant in the version's change report: empty without a version, None where no row fits."""
    if what.version is None:
        return set()
    meant = (what.rule, what.path)
    rows = [one for one in what.version.report.get("changes", ()) if (one["kind"], one["path"]) == meant]
    return {gate for row in rows for gate in row["gates"]} or {"none"} if rows else None


def _record(kind: Any, user: Any, waiver: Waiver, reason: str, more: dict[str, str]) -> None:
    payload = {
        "waiver": str(waiver.pk),
        "rule": waiver.rule,
        "contract": waiver.contract.name if waiver.contract else waiver.path or "any",
        "digest": waiver.digest,
        "reason_digest": digest(reason.encode()),
        **more,
    }
    team = next(iter(waiver.team_ids()), None)
    record(kind, actor=actor_of(user, Role.HEAD_OF_DATA), payload=payload, team_id=team)
