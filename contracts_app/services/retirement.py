"""Ending a contract as a whole: its active version is retired without a successor.

That needs every consumer's acceptance, or the deprecation window to pass; until then the version stays in force.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from contracts_app import evidence_kinds, selectors
from contracts_app.domain.lifecycle import State
from contracts_app.domain.model import DEFAULT_DEPRECATION_DAYS
from contracts_app.models import Contract, Version
from contracts_app.services.errors import Refused
from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from portal.core.identity.models import User


@transaction.atomic
def plan_retirement(*, user: User, contract: Contract, reason: str, key: uuid.UUID) -> Version:
    """Start the window at whose end the contract's active version is retired; consumers are told and may accept sooner.

    `key` makes a second POST harmless. Raises Refused without a reason, without an active version, or while a proposal
    is open; PermissionDenied for anybody but an owner of the asset.
    """
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    require(user, Act.SIGN_PRODUCER, contract)
    if (again := Version.objects.filter(ending_key=key, contract=contract).first()) is not None:
        return again
    version = contract.versions.filter(state=State.ACTIVE).first()
    if version is None or (refused := _refusal(version, reason)):
        raise Refused(refused if version else f"No version of {contract} is in force, so there is nothing to retire.")
    days = version.document.deprecation_days
    version.ending_asked_at, version.ending_by, version.ending_key = now(), user, key
    version.ending_reason = reason.strip()
    version.ends_at = version.ending_asked_at + timedelta(days=DEFAULT_DEPRECATION_DAYS if days is None else days)
    version.save(update_fields=["ending_asked_at", "ending_by", "ending_key", "ending_reason", "ends_at"])
    payload = {
        **selectors.evidence_payload(version),
        "ends": version.ends_at.isoformat(),
        "reason_digest": digest(version.ending_reason.encode()),
    }
    record(evidence_kinds.ENDING, actor=actor_of(user, Role.OWNER), payload=payload, team_id=contract.owner_team_id)
    publish("contracts.version.ending", {"version_id": version.pk}, key=contract.name)
    return version


def _refusal(version: Version, reason: str) -> str:
    if version.ends_at is not None:
        return f"{version} is to be retired already, on {version.ends_at:%d %b %Y}."
    if not reason.strip():
        return "Say why the contract ends; its consumers will read it."
    open_ones = version.contract.versions.filter(state__in=[State.PROPOSED, State.SCHEDULED])
    return f"{open_ones[0]} is {open_ones[0].state}: withdraw it first." if open_ones else ""
