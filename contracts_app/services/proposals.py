"""Proposing a draft, which freezes it under its hash, and withdrawing a proposal with a reason."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from contracts_app import evidence_kinds, selectors
from contracts_app.domain.compare import Comparison, compare_loaded
from contracts_app.domain.lifecycle import IN_FORCE, State, roles_needed, step
from contracts_app.models import Contract, Version
from contracts_app.services.errors import DraftConflict, Refused
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
    payload = {**selectors.evidence_payload(version), "bump": str(version.report.get("required_bump", "first version"))}
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
    if not reason.strip():
        raise Refused("Say why the proposal is withdrawn; its signers will read it.")
    if State.WITHDRAWN not in selectors.next_states(version):
        raise Refused(f"{version} is {version.state}; only a proposal can be withdrawn.")
    _end(user, version, reason.strip())
    return version


class ProposalCheck:
    """What stands against proposing, and what the proposal would need; the same for the check page and the act."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.comparisons: list[Comparison] = []
        self.reasons = self._lint()
        if not self.reasons:
            self.reasons = [*self._asset(), *self._names(), *self._changes()]

    def _lint(self) -> list[str]:
        loaded = self.version.loaded
        return [
            f"Line {found.line}, column {found.column}: {found.message}" for found in loaded.findings if found.is_error
        ]

    def _names(self) -> list[str]:
        """At tier 1 every string that names a team or an asset must name a real one."""
        if self.tier != 1:
            return []
        return [found.message for found in selectors.unresolved(self.version.document)]

    def _asset(self) -> list[str]:
        """A contract stays with its asset: another one is another contract."""
        known, ref = self.version.contract.asset, self.version.document.asset
        if known is None or ref.derived or (ref.namespace, ref.name) == (known.namespace, known.name):
            return []
        return [f"This contract is about {known.key}; for {ref.namespace}/{ref.name} write a contract of its own."]

    def _changes(self) -> list[str]:
        return [reason for old in self.in_force for reason in self._against(old)] + self._number()

    def _against(self, old: Version) -> list[str]:
        comparison = compare_loaded(old.loaded, self.version.loaded)
        self.comparisons.append(comparison)
        reasons = []
        if not comparison.ok:
            said = f"Against {old.number} this is a {comparison.required_bump} change, but the version is"
            reasons.append(f"{said} {self.version.number}; it must be at least {comparison.needed_version}.")
        return reasons + [
            reason for one in comparison.changes if (reason := _removed_too_early(old, one.path, one.gates))
        ]

    def _number(self) -> list[str]:
        taken = self.version.contract.versions.exclude(state__in=[State.DRAFT, State.WITHDRAWN])
        taken = taken.exclude(state__in=[State.PROPOSED, State.SCHEDULED])
        if not taken.filter(number=self.version.number).exists():
            return []
        return [f"Version {self.version.number} exists already; a version number is given once."]

    @property
    def in_force(self) -> list[Version]:
        """The versions that it is compared with: every active or deprecated one."""
        return list(self.version.contract.versions.filter(state__in=IN_FORCE))

    @property
    def tier(self) -> int | None:
        """The tier that the document or the catalog says."""
        return selectors.tier_of(self.version)

    @property
    def worst(self) -> Comparison | None:
        """The comparison with the active version, or the only one there is."""
        return self.comparisons[0] if self.comparisons else None

    @property
    def replaces(self) -> Version | None:
        """The open proposal that this one would put an end to."""
        open_ones = self.version.contract.versions.filter(state__in=[State.PROPOSED, State.SCHEDULED])
        return open_ones.exclude(pk=self.version.pk).first()

    @property
    def signatures_voided(self) -> int:
        """How many signatures would be void with it."""
        return len(self.replaces.signed()) if self.replaces else 0

    @property
    def gates(self) -> set[str]:
        """Gates of all comparisons together."""
        return {gate for comparison in self.comparisons for gate in comparison.gates}

    @property
    def roles(self) -> list[str]:
        """Who will have to sign."""
        first = not self.in_force
        needed = roles_needed(self.version.document, tier=self.tier, first=first, gates=self.gates)
        return [role.value for role in needed]


def check_proposal(version: Version) -> ProposalCheck:
    """What would be said to a proposal of this draft now."""
    return ProposalCheck(version)


def _removed_too_early(old: Version, path: str, gates: list[str]) -> str | None:
    """Gate D: a field may only go once the version in force has deprecated it and its removal date has come."""
    if "D" not in gates:
        return None
    name = path.removeprefix("schema.").split(".")[0]
    spec = old.document.field_named(name)
    try:
        due = date.fromisoformat(spec.removal_date) if spec and spec.deprecated and spec.removal_date else None
    except ValueError:
        due = None
    if due and due <= now().date():
        return None
    return f"`{path}` cannot be removed yet: first deprecate it with a `removal_date`, and wait for that date."


def _freeze(user: User, version: Version, check: ProposalCheck, key: uuid.UUID) -> None:
    version.state = step(State.DRAFT, State.PROPOSED).value
    version.proposed_by, version.proposed_at, version.proposal_key = user, now(), key
    version.tier, version.roles = check.tier, check.roles
    version.report = {**check.worst.as_dict(), "gates": sorted(check.gates)} if check.worst else {}
    version.save()


def _replace_open_proposal(user: User, version: Version) -> None:
    for older in version.contract.versions.filter(state__in=[State.PROPOSED, State.SCHEDULED]):
        _end(user, older, f"Replaced by the proposal of {version.number}.")


def _end(user: User, version: Version, reason: str) -> None:
    version.state, version.withdrawn_reason, version.ended_at = State.WITHDRAWN.value, reason, now()
    version.save(update_fields=["state", "withdrawn_reason", "ended_at"])
    version.signatures.filter(voided_at=None).update(voided_at=version.ended_at)
    payload = {**selectors.evidence_payload(version), "reason_digest": digest(reason.encode())}
    record(evidence_kinds.WITHDRAWN, actor=actor_of(user), payload=payload, team_id=version.contract.owner_team_id)
