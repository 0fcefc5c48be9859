"""Proposing a draft, which freezes it under its hash, and withdrawing a proposal with a reason."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction

from contracts_app import evidence_kinds, selectors
from contracts_app.domain.lifecycle import State, step
from contracts_app.models import Contract, Version
from contracts_app.services.errors import DraftConflict, Refused
from contracts_app.services.proposal_check import ProposalCheck, check_proposal
from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require

if TYPE_CHECKING:
    from portal.core.identity.models import User


@transaction.atomic
def propose(*, user: User, version: Version, token: int, key: uuid.UUID) -> Version:
    """Freeze a draft and ask for its signatures; an open proposal of the contract is replaced by it.

    `key` makes a second POST harmless. Raises Refused with every reason, DraftConflict where the draft was edited.
    """
    Contract.objects.select_for_update().get(pk=version.contract_id)
    version = Version.objects.select_related("contract", "edited_by").get(pk=version.pk)
    require(user, Act.PROPOSE_EDIT, version.contract)
    if version.proposal_key == key:
        return version
    if version.state != State.DRAFT:
        raise Refused(f"{version} is {version.state} already.")
    if version.token != token:
        raise DraftConflict(who=version.edited_by.name, theirs=version.text, token=version.token)
    check = check_proposal(version)
    if check.reasons:
        raise Refused(*check.reasons)
    _replace_open_proposal(user, version)
    _freeze(user, version, check, key)
    actor = actor_of(user)
    payload = {
        **selectors.evidence_payload(version),
        "bump": str(version.report.get("required_bump", "first version")),
        "roles": ", ".join(version.roles),
        "report": digest(selectors.report_bytes(version)),
    }
    record(evidence_kinds.PROPOSED, actor=actor, payload=payload, team_id=version.contract.owner_team_id)
    publish("contracts.version.proposed", {"version_id": version.pk}, key=version.contract.name)
    return version


@transaction.atomic
def withdraw(*, user: User, version: Version, reason: str) -> Version:
    """End a proposal that is not in force yet; its signatures are void. Raises Refused without a reason."""
    Contract.objects.select_for_update().get(pk=version.contract_id)
    version = Version.objects.select_related("contract").get(pk=version.pk)
    if version.proposed_by_id != user.pk:
        require(user, Act.WRITE_CONTRACT, version.contract)
    if version.state == State.WITHDRAWN and version.withdrawn_reason == reason.strip():
        return version  # the same form, sent again
    if not reason.strip():
        raise Refused("Say why the proposal is withdrawn; its signers will read it.")
    if State.WITHDRAWN not in selectors.next_states(version):
        raise Refused(f"{version} is {version.state}; only a proposal can be withdrawn.")
    _end(user, version, reason.strip())
    return version


def _freeze(user: User, version: Version, check: ProposalCheck, key: uuid.UUID) -> None:
    version.state = step(State.DRAFT, State.PROPOSED).value
    version.proposed_by, version.proposed_at, version.proposal_key = user, now(), key
    version.tier, version.roles = check.tier, check.roles
    version.parties = {role.value: asdict(party) for role, party in check.parties.items()}
    version.report = check.report
    version.save()
    version.report["notice_days"] = selectors.days_of_notice(version)
    version.save(update_fields=["report"])


def _replace_open_proposal(user: User, version: Version) -> None:
    for older in version.contract.versions.filter(state__in=[State.PROPOSED, State.SCHEDULED]):
        _end(user, older, f"Replaced by the proposal of {version.number}.")


def _end(user: User, version: Version, reason: str) -> None:
    version.state, version.withdrawn_reason, version.ended_at = State.WITHDRAWN.value, reason, now()
    version.save(update_fields=["state", "withdrawn_reason", "ended_at"])
    version.signatures.filter(voided_at=None).update(voided_at=version.ended_at)
    payload = {**selectors.evidence_payload(version), "reason_digest": digest(reason.encode())}
    record(evidence_kinds.WITHDRAWN, actor=actor_of(user), payload=payload, team_id=version.contract.owner_team_id)
    publish("contracts.version.withdrawn", {"version_id": version.pk}, key=version.contract.name)
