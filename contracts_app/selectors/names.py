"""Names that join: which asset and which team a string of a contract means, as the catalog resolves it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts_app.domain.answers import Named
from contracts_app.domain.findings import WARNING, Finding
from contracts_app.domain.model import Document
from contracts_app.models import Version
from contracts_app.selectors.reading import versions_in_force
from portal.core.catalog.selectors import asset_named, resolve_asset, resolve_assets, resolve_teams
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
    """The teams that the contract names as consumers, those that are known, each once."""
    names = [consumer.team for consumer in document.consumers]
    known = resolve_teams(names)
    return list(dict.fromkeys(known[name] for name in names if name in known))


def team_of(user: Any) -> Any:
    """The team in which the person writes contracts: the first where they are owner or contributor."""
    writing = (Role.OWNER.value, Role.CONTRIBUTOR.value)
    member = user.memberships.select_related("team").filter(role__in=writing).order_by("team__name").first()
    return member.team if member else None


def deletion_targets(version: Version | None = None) -> list[DeletionTarget]:
    """Where a deletion must reach, as this version says, or as every version in force says."""
    versions = [version] if version else versions_in_force()
    return [target for each in versions for target in _targets(each)]


@dataclass(frozen=True, slots=True)
class Names:
    """What strings of contracts mean, looked up together: a text without an entry names nothing."""

    teams: dict[str, Any]
    assets: dict[str, Asset]


def names_in(documents: Iterable[Document], *, also: Collection[str] = ()) -> Names:
    """What the strings of these documents mean, in four queries however many there are; `also` names teams too."""
    documents = list(documents)
    teams = {text for document in documents for _, text in _team_names(document)} | set(also)
    return Names(resolve_teams(teams), resolve_assets({text for each in documents for text in each.deletion_targets}))


def consumers_of(version: Version) -> tuple[Named, ...]:
    """The consumers that the version asks: its own and those of the version in force, as its proposal fixed them."""
    fixed = version.report.get("consumers")
    if fixed is not None:
        return tuple(Named(each["team"], each["purpose"]) for each in fixed)
    return named_in(version.document) if version.loaded.document else ()


def named_in(document: Document) -> tuple[Named, ...]:
    """The consumers that a document names."""
    return tuple(Named(consumer.team, consumer.purpose or "") for consumer in document.consumers)


def names_of(version: Version) -> Names:
    """What the strings of a version that can be read mean; looked up once for the instance."""
    if "shared_names" not in version.__dict__:
        share_names([version])
    names: Names = version.__dict__["shared_names"]
    return names


def share_names(versions: Iterable[Version]) -> None:
    """Look up the strings of many versions at once, for `names_of` each of them."""
    versions = list(versions)
    documents = [version.document for version in versions if version.loaded.document]
    names = names_in(documents, also={named.text for version in versions for named in consumers_of(version)})
    for version in versions:
        version.__dict__["shared_names"] = names


def unresolved(document: Document, names: Names | None = None) -> list[Finding]:
    """Every string of the contract that names no team or asset that the catalog knows."""
    names = names or names_in([document])
    found = [
        _finding(document, path, f"`{text}` names no team that the portal knows; add it as a team's address.")
        for path, text in _team_names(document)
        if text not in names.teams
    ]
    found += [
        _finding(document, "privacy", f"`{text}` names no asset of the catalog; add it as an alias.")
        for text in document.deletion_targets
        if text not in names.assets
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
