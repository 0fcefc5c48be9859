"""Findings for the privacy officer: looked at on a schedule, kept while broken, evidence at both ends."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from contracts_app.selectors import active_version, asset_of, versions_in_force
from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require

from .. import evidence_kinds
from ..domain.findings import Outcome, outcome
from ..findings.base import Case, Fact, FindingKind, kinds
from ..models import Attestation, Finding

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset, DataSystem
    from portal.core.identity.models import User

EVERY = timedelta(hours=1)
ACTOR = system_actor("slo.findings")


class FindingError(Exception):
    """What was asked of a finding cannot be done; the sentence says why."""


def look_at_due(limit: int = 10) -> int:
    """Look at the assets whose last look is an hour old, the longest waiting first; returns at how many."""
    due = sorted(_waiting().items(), key=lambda pair: pair[1] or datetime.min.replace(tzinfo=now().tzinfo))[:limit]
    for asset, _ in due:
        look_at(asset)
    _leave_behind()
    return len(due)


def _waiting() -> dict[Asset, datetime | None]:
    """Assets under a contract in force that promises something here, with their last look, where that is due."""
    looked: dict[int, datetime] = {}
    for asset_id, at in Finding.objects.order_by("-checked_at").values_list("asset_id", "checked_at"):
        looked[asset_id] = at
    due: dict[Asset, datetime | None] = {}
    for version in versions_in_force().filter(state="active"):
        asset = asset_of(version)
        if asset is None or not any(kind.promised(version.document) for kind in kinds().values()):
            continue
        last = looked.get(asset.pk)
        if last is None or last <= now() - EVERY:
            due[asset] = last
    return due


def look_at(asset: Asset) -> list[Finding]:
    """Look at every promise that the asset's contract in force makes, and write what was found."""
    version = active_version(asset.pk)
    if version is None:
        return []
    case = Case(asset, version.document, now().date())
    found = []
    for kind in kinds().values():
        promised = kind.promised(version.document)
        if promised:
            found.append(_write(asset, version, kind, promised, kind.look(case)))
        else:
            _drop(Finding.objects.filter(asset=asset, kind=kind.kind), "the contract no longer promises it")
    return found


@transaction.atomic
def _write(asset: Asset, version: Any, kind: FindingKind, promised: str, facts: list[Fact]) -> Finding:
    """Keep the newest look; a finding opens when it is found broken and ends only when it is found kept."""
    present = now()
    known = Finding.objects.select_for_update().filter(asset=asset, kind=kind.kind).first()
    made = known or Finding(asset=asset, kind=kind.kind)
    came = outcome(fact.kept for fact in facts)
    made.promised, made.contract, made.contract_version = promised, str(version.contract), version.number
    made.outcome, made.checked_at = came.value, present
    made.facts = [{"kept": fact.kept, "words": fact.words} for fact in facts]
    opened, ended = came is Outcome.BROKEN and not made.broken_since, came is Outcome.KEPT and made.broken_since
    if ended:
        _ended(made, "found kept")
    made.broken_since = None if ended else made.broken_since or (present if opened else None)
    made.save()
    if opened:
        record(evidence_kinds.FOUND_BROKEN, actor=ACTOR, payload=_payload(made), team_id=asset.owner_team_id)
    return made


def _payload(found: Finding) -> dict[str, str | int]:
    return {
        "asset": found.asset.key,
        "kind": found.kind,
        "promised": found.promised,
        "contract": found.contract,
        "version": found.contract_version,
        "facts_digest": digest(canonical_bytes(found.facts)),
    }


def _ended(found: Finding, how: str) -> None:
    assert found.broken_since is not None
    seconds = int((now() - found.broken_since).total_seconds())
    payload: dict[str, str | int] = {"asset": found.asset.key, "kind": found.kind, "seconds": seconds, "how": how}
    record(evidence_kinds.FOUND_KEPT, actor=ACTOR, payload=payload, team_id=found.asset.owner_team_id)


def _leave_behind() -> None:
    """Drop what was found of assets that no contract in force governs any more."""
    governed = {asset.pk for version in versions_in_force() if (asset := asset_of(version))}
    _drop(Finding.objects.exclude(asset_id__in=governed), "no contract is in force")


@transaction.atomic
def _drop(gone: Any, how: str) -> None:
    for found in gone.select_related("asset"):
        if found.broken_since:
            _ended(found, how)
        found.delete()


def look_now(*, user: User, finding: Finding) -> None:
    """Look at the finding's asset at once. Raises PermissionDenied for all but privacy officers."""
    require(user, Act.SIGN_PRIVACY)
    look_at(finding.asset)


@transaction.atomic
def attest(*, user: User, system: DataSystem, on: date, how: str, key: uuid.UUID) -> Attestation:
    """Write down a person's word that a system is encrypted at rest; a key is taken once.

    Raises PermissionDenied for all but administrators, FindingError for a day to come or without a word on how.
    """
    require(user, Act.ADMINISTER)
    if known := Attestation.objects.filter(key=key, system=system).first():
        return known
    if on > now().date():
        raise FindingError("The day lies ahead: attest what is so today.")
    if not how.strip():
        raise FindingError("Say how it is encrypted, such as LUKS on every disk, or the provider's key service.")
    made = Attestation.objects.create(
        system=system, attested_on=on, how=how.strip(), made_by=user, made_at=now(), key=key
    )
    payload: dict[str, str | int] = {
        "system": system.name, "on": on.isoformat(), "how_digest": digest(made.how.encode())
    }  # fmt: skip
    record(evidence_kinds.ATTESTED, actor=actor_of(user), payload=payload, team_id=system.owner_team_id)
    return made
