"""Whose signature counts in which capacity: the teams behind a version's signing roles, and who belongs to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts_app.domain.lifecycle import SigningRole
from contracts_app.models import Version
from contracts_app.selectors.duties import Answered, accountable_of
from contracts_app.selectors.names import asset_of
from portal.core.catalog.selectors import resolve_team


@dataclass(frozen=True, slots=True)
class Party:
    """A team whose owner signs; the table of acts asks it for its team."""

    team: int
    name: str

    def team_ids(self) -> set[int]:
        """The one team whose owners may sign."""
        return {self.team}


def parties_of(version: Version) -> dict[SigningRole, Party]:
    """The team that owns the asset now, and, where the version gives it to another, that other one.

    An asset that the catalog knows keeps its owner: a first contract by somebody else needs the owner's signature.
    """
    asset = asset_of(version)
    owner = (asset.owner_team if asset else None) or version.contract.owner_team
    named = resolve_team(version.document.owner or "") or version.contract.owner_team
    found = {SigningRole.PRODUCER: _party(owner)} if owner else {}
    if named and owner and named.pk != owner.pk:
        found[SigningRole.NEW_OWNER] = _party(named)
    return found


def resolves_to_team(text: str) -> bool:
    """Whether the string names a team that the portal knows."""
    return resolve_team(text) is not None


def signs_for(version: Version, role: SigningRole) -> Any:
    """What the right to sign in this role is asked for: the team fixed by the proposal, else the contract."""
    if role is SigningRole.ACCOUNTABLE:
        return Answered(version)
    fixed = version.parties.get(role.value)
    return Party(**fixed) if fixed else version.contract


def who_signs(version: Version, role: SigningRole) -> str:
    """Who could give this signature, in words."""
    if role is SigningRole.ACCOUNTABLE:
        answers = accountable_of(version)
        return answers.label if answers and answers.people else "the head of data"
    if role is SigningRole.PRIVACY:
        return "a privacy officer"
    fixed = version.parties.get(role.value)
    return f"an owner of {fixed['name'] if fixed else version.contract.owner_team or 'its team'}"


def _party(team: Any) -> Party:
    return Party(team.pk, team.name)
