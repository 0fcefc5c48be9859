"""Names that join: which asset and which team a string of a contract means, as the catalog resolves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts_app.domain.findings import WARNING, Finding
from contracts_app.domain.model import Document
from contracts_app.models import Version
from contracts_app.selectors.reading import versions_in_force
from portal.core.catalog.selectors import asset_named, resolve_asset, resolve_team
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset


@dataclass(frozen=True, slots=True)
class DeletionTarget:
    """One string of `privacy.deletion_propagation`, whose contract says it, and the asset that it means."""

    contract: str
    version: str
    text: str
    source: Asset | None
    asset: Asset | None


def asset_of(version: Version) -> Asset | None:
    """The asset that the contract is about, where the catalog has it: adopted before, named, or by alias."""
    if version.contract.asset is not None:
        return version.contract.asset
    ref = version.document.asset
    return asset_named(ref.namespace, ref.name) or resolve_asset(
        ref.name if ref.derived else f"{ref.namespace}/{ref.name}"
    )


def tier_of(version: Version) -> int | None:
    """The tier that the contract states, else the catalog's."""
    stated = version.document.asset.tier
    if stated is not None or version.document.asset.kind == "vector_index":
        return stated or 1  # every vector index is tier 1
    asset = asset_of(version)
    return asset.tier if asset else None


def consumer_teams(document: Document) -> list[Any]:
    """The teams that the contract names as consumers, those that are known."""
    found = (resolve_team(consumer.team) for consumer in document.consumers)
    return [team for team in found if team is not None]


def team_of(user: Any) -> Any:
    """The team in which the person writes contracts: the first where they are owner or contributor."""
    writing = (Role.OWNER.value, Role.CONTRIBUTOR.value)
    member = user.memberships.select_related("team").filter(role__in=writing).order_by("team__name").first()
    return member.team if member else None


def deletion_targets(version: Version | None = None) -> list[DeletionTarget]:
    """Where a deletion must reach, as this version says, or as every version in force says."""
    versions = [version] if version else versions_in_force()
    return [target for each in versions for target in _targets(each)]


def unresolved(document: Document) -> list[Finding]:
    """Every string of the contract that names no team or asset that the catalog knows."""
    found = [
        _finding(document, path, f"`{text}` names no team that the portal knows; add it as a team's address.")
        for path, text in _team_names(document)
        if resolve_team(text) is None
    ]
    found += [
        _finding(document, "privacy", f"`{text}` names no asset of the catalog; add it as an alias.")
        for text in document.deletion_targets
        if resolve_asset(text) is None
    ]
    return found


def _targets(version: Version) -> Iterator[DeletionTarget]:
    for text in version.document.deletion_targets:
        contract = version.contract
        yield DeletionTarget(contract.name, version.number, text, contract.asset, resolve_asset(text))


def _team_names(document: Document) -> Iterator[tuple[str, str]]:
    named = (("owner", document.owner), ("on_call", document.on_call), ("change_policy", document.contact))
    yield from ((path, text) for path, text in named if text)
    yield from (("consumers", consumer.team) for consumer in document.consumers)


def _finding(document: Document, path: str, said: str) -> Finding:
    spot = document.spots.get(path)
    return Finding("names.unresolved", said, spot.line if spot else 1, spot.column if spot else 1, path, WARNING)
