"""Where a subject's data can be: what contracts promise, what lineage shows, what is registered, and the portal itself.

One function each for the three sources and one that joins them; nothing here writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts_app import selectors as contracts
from lineage_app import selectors as lineage
from portal.core.catalog import selectors as catalog
from privacy_app.domain.plan import Origin, Place

Name = tuple[str, str]
MODEL = "model"


@dataclass(frozen=True)
class Source:
    """A dataset that holds personal data: why we think so, and the asset that it is (None where nobody claims it)."""

    why: str
    asset: Any


@dataclass
class Candidate:
    """One placement that will be a step."""

    placement: Any
    origin: Origin
    why: str
    depth: int = 0

    @property
    def place(self) -> Place:
        """Identity sources come late; everything else is data."""
        maps = self.placement.system.settings.get("identity_maps", ())
        held = {each.get("object") for each in maps}
        return Place.IDENTITY_SOURCE if self.placement.object_name in held else Place.DERIVED


@dataclass
class Scope:
    """Candidates by placement, what lineage shows beyond them, and models that were trained on it."""

    candidates: dict[int, Candidate] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)


def scope_of(kinds: frozenset[str]) -> Scope:
    """Everywhere that identifiers of these kinds may be; findings are what nobody has planned for."""
    scope = Scope()
    sources: dict[Name, Source] = {}
    _from_contracts(scope, sources, kinds)
    _from_register(scope, sources, kinds)
    for namespace, name in lineage.datasets_with_personal_columns():
        asset = catalog.asset_named(namespace, name)
        sources.setdefault((namespace, name), Source("it has columns marked as personal in lineage", asset))
    _from_lineage(scope, sources)
    return scope


def holds(placement: Any, kinds: frozenset[str]) -> bool:
    """Whether a placement says in which columns, or in which part of its keys, it holds such identifiers."""
    named_in_key = {kind for kind in kinds if f"{{{kind}}}" in str(placement.settings.get("key", ""))}
    return bool(named_in_key or kinds & set(placement.settings.get("identifiers", {})))


def _from_contracts(scope: Scope, sources: dict[Name, Source], kinds: frozenset[str]) -> None:
    for target in contracts.deletion_targets():
        said = f"contract {target.contract} {target.version}"
        if target.source is not None:
            _add_source(sources, target.source, said)
            _take(scope, catalog.placements_of(target.source), Origin.CONTRACT, said, kinds)
        if target.asset is None:
            scope.findings[target.text] = f"{said} names it, and no asset or alias in the catalog is called so"
            continue
        _add_source(sources, target.asset, said)
        placed = catalog.placements_of(target.asset)
        if not _take(scope, placed, Origin.CONTRACT, said, kinds):
            scope.findings[target.text] = f"{said} names it, and no registered system says how a person is found in it"


def _from_register(scope: Scope, sources: dict[Name, Source], kinds: frozenset[str]) -> None:
    for system in catalog.systems():
        held = [each for each in system.placements.all() if holds(each, kinds)]
        for each in held:
            _add_source(sources, each.asset, f"system {system.name} holds identifiers")
        _take(scope, held, Origin.REGISTERED, f"system {system.name} holds such identifiers", kinds)


def _add_source(sources: dict[Name, Source], asset: Any, why: str) -> None:
    sources.setdefault((asset.namespace, asset.name), Source(why, asset))


def _from_lineage(scope: Scope, sources: Mapping[Name, Source]) -> None:
    """Follow lineage from every source; a planned copy is erased the earlier the farther it is from its source."""
    for (namespace, name), source in sources.items():
        if source.asset is None or not _planned(scope, source.asset):
            _note(scope, namespace, name, source.asset, source.why)
        for hop in _hops(namespace, name, source.asset):
            asset = hop.asset or catalog.asset_named(hop.namespace, hop.name)
            for candidate in _planned(scope, asset):
                candidate.depth = max(candidate.depth, hop.depth)
            _note(scope, hop.namespace, hop.name, asset, f"downstream of {name}, steps away: {hop.depth}")


def _hops(namespace: str, name: str, asset: Any) -> Iterable[Any]:
    known = lineage.downstream_datasets(asset.pk) if asset is not None else ()
    return known or lineage.downstream(namespace, name)


def _planned(scope: Scope, asset: Any) -> list[Candidate]:
    """The steps that erase from this asset."""
    if asset is None:
        return []
    return [each for each in scope.candidates.values() if each.placement.asset_id == asset.pk]


def _note(scope: Scope, namespace: str, name: str, asset: Any, why: str) -> None:
    """What is not planned: a model gets a duty, anything else is a finding, named once however it was reached."""
    if asset is not None and asset.kind == MODEL:
        scope.models.setdefault(asset.key, why)
    elif not _planned(scope, asset) and (asset is None or asset.name not in scope.findings):
        scope.findings.setdefault(asset.key if asset is not None else f"{namespace}/{name}", why)


def _take(scope: Scope, placements: Iterable[Any], origin: Origin, why: str, kinds: frozenset[str]) -> bool:
    """Plan those placements that can be searched; whether there was one."""
    taken = [each for each in placements if holds(each, kinds)]
    for each in taken:
        scope.candidates.setdefault(each.pk, Candidate(each, origin, why))
    return bool(taken)
