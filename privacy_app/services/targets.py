"""Where a subject's data can be: what contracts promise, what lineage shows, what is registered, and the portal itself.

One function each for the sources and one that joins them; nothing here writes.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contracts_app import selectors as contracts
from lineage_app import selectors as lineage
from portal.core.catalog import selectors as catalog
from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from portal.core.evidence.domain.canonical import digest
from privacy_app.domain.plan import Origin, Place, ranks

Name = tuple[str, str]
MODEL = "model"


@dataclass
class Source:
    """A dataset that holds personal data: why we think so, and the asset that it is (None where nobody claims it)."""

    why: str
    asset: Any
    known: frozenset[str] | None = frozenset()
    identifying: frozenset[str] = frozenset()

    def know(self, columns: frozenset[str] | None) -> None:
        """Somebody says which columns are personal: a contract, or a tag in lineage."""
        self.known = None if columns is None or self.known is None else self.known | columns

    @property
    def columns(self) -> frozenset[str] | None:
        """What is personal in it: those columns and the identifying ones; all of it where nobody says which are."""
        return self.known | self.identifying if self.known else None


@dataclass
class Candidate:
    """One placement that will be a step."""

    placement: Any
    origin: Origin
    why: str
    depth: int = 0

    @property
    def place(self) -> Place:
        """Identity sources come late and backups after them; everything else is data."""
        connector = registry.kinds().get(self.placement.system.kind)
        if isinstance(connector, connectors.Erasable) and connector.is_backup:
            return Place.BACKUP
        maps = self.placement.system.settings.get("identity_maps", ())
        held = {each.get("object") for each in maps}
        return Place.IDENTITY_SOURCE if self.placement.object_name in held else Place.DERIVED


@dataclass(frozen=True)
class Unplanned:
    """A dataset that no step erases from: why it is here, and its asset (None where nobody claims it)."""

    why: str
    asset: Any = None


@dataclass
class Scope:
    """Candidates by placement, what lineage shows beyond them, and models that were trained on it.

    `quiet` are datasets downstream into which no personal column flows, by what lineage knows of columns: they are
    shown and do not block. `arrows` are the edges between all of these, by name. `datasets` are lineage's own rows.
    """

    candidates: dict[int, Candidate] = field(default_factory=dict)
    findings: dict[str, Unplanned] = field(default_factory=dict)
    models: dict[str, Unplanned] = field(default_factory=dict)
    quiet: dict[str, str] = field(default_factory=dict)
    arrows: list[tuple[str, str]] = field(default_factory=list)
    copies: lineage.Copies = field(default_factory=lambda: lineage.Copies({}, ()))
    by_asset: dict[int, list[Candidate]] = field(default_factory=dict)
    mask: Callable[[str], str] = str

    def take(self, placement: Any, origin: Origin, why: str) -> None:
        """Plan one placement; the first reason stays."""
        if placement.pk not in self.candidates:
            made = self.candidates[placement.pk] = Candidate(placement, origin, why)
            self.by_asset.setdefault(placement.asset_id, []).append(made)

    def planned(self, asset: Any) -> list[Candidate]:
        """The steps that erase from this asset."""
        return self.by_asset.get(asset.pk, []) if asset is not None else []

    def masked(self, mask: Callable[[str], str]) -> "Scope":
        """The same with every name and reason as it may be shown: a dataset can be called by somebody's address."""
        found = {mask(name): replace(each, why=mask(each.why)) for name, each in self.findings.items()}
        models = {mask(name): replace(each, why=mask(each.why)) for name, each in self.models.items()}
        quiet = {mask(name): mask(why) for name, why in self.quiet.items()}
        return replace(self, findings=found, models=models, quiet=quiet, mask=mask)

    def fingerprint(self) -> str:
        """A digest of where the data can be, to see whether that changed since."""
        placed = [self.candidates[pk].placement for pk in sorted(self.candidates)]
        steps = [[each.system.name, each.object_name, each.asset.key, digest_of(each.settings)] for each in placed]
        return digest_of({"steps": steps, "findings": sorted(self.findings), "models": sorted(self.models)})


def digest_of(value: Any) -> str:
    """The digest of a JSON value; numbers as text, since settings may hold what canonical JSON refuses."""
    return digest(json.dumps(value, sort_keys=True, default=str).encode())


def scope_of(kinds: frozenset[str], *, mentioned: Mapping[Name, int] | None = None) -> Scope:
    """Everywhere that identifiers of these kinds may be; findings are what nobody has planned for.

    `mentioned` are datasets of raw events that name the subject, with the number of events.
    """
    scope = Scope()
    sources: dict[Name, Source] = {}
    systems = list(catalog.systems())
    _from_contracts(scope, sources, kinds, _placements(systems))
    _from_register(scope, sources, kinds, systems)
    for namespace, name, columns in lineage.personal_columns():
        _add(sources, (namespace, name), "it has columns marked as personal in lineage")
        sources[(namespace, name)].know(columns)
    for named, events in (mentioned or {}).items():
        _add(sources, named, f"lineage events that touch it name the subject: {events}")
    _from_lineage(scope, sources)
    return scope


def holds(placement: Any, kinds: frozenset[str]) -> bool:
    """Whether a placement says in which columns, or in which part of its keys, it holds such identifiers."""
    named_in_key = {kind for kind in kinds if f"{{{kind}}}" in str(placement.settings.get("key", ""))}
    return bool(named_in_key or kinds & set(placement.settings.get("identifiers", {})))


def _placements(systems: Iterable[Any]) -> dict[int, list[Any]]:
    """Every placement by its asset."""
    found: dict[int, list[Any]] = {}
    for system in systems:
        for each in system.placements.all():
            found.setdefault(each.asset_id, []).append(each)
    return found


def _from_contracts(
    scope: Scope, sources: dict[Name, Source], kinds: frozenset[str], placements: Mapping[int, list[Any]]
) -> None:
    personal = _personal_columns()
    for target in contracts.deletion_targets():
        said = f"contract {target.contract} {target.version}"
        if target.source is not None:
            _add_asset(sources, target.source, said, personal)
            _take(scope, placements.get(target.source.pk, ()), Origin.CONTRACT, said, kinds)
        if target.asset is None:
            why = f"{said} names it, and no asset or alias in the catalog is called so"
            scope.findings[target.text] = Unplanned(why)
            continue
        _add_asset(sources, target.asset, said, personal)
        placed = placements.get(target.asset.pk, ())
        if not _take(scope, placed, Origin.CONTRACT, said, kinds):
            why = f"{said} names it, and no registered system says how a person is found in it"
            scope.findings[target.text] = Unplanned(why, target.asset)


def _personal_columns() -> dict[int, frozenset[str]]:
    """By asset, the fields that its contracts in force call personal."""
    found: dict[int, frozenset[str]] = {}
    for version in contracts.versions_in_force():
        asset = version.contract.asset_id
        fields = frozenset(each.name for each in contracts.personal_fields(version))
        if asset is not None and fields:
            found[asset] = found.get(asset, frozenset()) | fields
    return found


def _from_register(scope: Scope, sources: dict[Name, Source], kinds: frozenset[str], systems: Iterable[Any]) -> None:
    for system in systems:
        held = [each for each in system.placements.all() if holds(each, kinds)]
        for each in held:
            _add_asset(sources, each.asset, f"system {system.name} holds identifiers", {})
            columns = frozenset(str(column) for column in each.settings.get("identifiers", {}).values())
            sources[(each.asset.namespace, each.asset.name)].identifying |= columns
        _take(scope, held, Origin.REGISTERED, f"system {system.name} holds such identifiers", kinds)


def _add_asset(sources: dict[Name, Source], asset: Any, why: str, personal: Mapping[int, frozenset[str]]) -> None:
    source = sources.setdefault((asset.namespace, asset.name), Source(why, asset))
    source.know(personal.get(asset.pk, frozenset()))


def _add(sources: dict[Name, Source], name: Name, why: str) -> None:
    if name not in sources:
        sources[name] = Source(why, None)


def _from_lineage(scope: Scope, sources: Mapping[Name, Source]) -> None:
    """Follow lineage from every source at once; a planned copy is erased the earlier the farther it is from its source.

    A source that lineage does not know, or knows under a name that nobody planned, is named itself.
    """
    starts = [
        lineage.Start(namespace, name, source.asset.pk if source.asset else None, source.columns)
        for (namespace, name), source in sources.items()
    ]
    scope.copies = lineage.copies_of(starts)
    rank, assets = ranks(scope.copies.edges), _assets(scope.copies, sources)
    for pk, copy in sorted(scope.copies.found.items(), key=lambda item: (len(item[1].way), item[1].key)):
        asset = copy.asset or assets.get((copy.dataset.namespace, copy.dataset.name))
        for candidate in scope.planned(asset):
            candidate.depth = max(candidate.depth, rank.get(pk, 0))
        if not copy.is_start:
            _note_copy(scope, copy, asset)
    for name, source in sources.items():
        _note(scope, "/".join(name), source.asset or assets.get(name), source.why, is_model=False)
    names = {pk: copy.key for pk, copy in scope.copies.found.items()}
    scope.arrows = sorted((names[src], names[dst]) for src, dst in scope.copies.edges if src in names and dst in names)


def _assets(copies: lineage.Copies, sources: Mapping[Name, Source]) -> dict[Name, Any]:
    """The assets behind names that lineage has not linked to one yet, and behind names that it has, in one query."""
    unlinked = {(each.dataset.namespace, each.dataset.name) for each in copies.found.values() if each.asset is None}
    found = catalog.assets_named({*unlinked, *(name for name, source in sources.items() if source.asset is None)})
    linked = {(each.dataset.namespace, each.dataset.name): each.asset for each in copies.found.values() if each.asset}
    return {**found, **linked}


def _note_copy(scope: Scope, copy: lineage.Copy, asset: Any) -> None:
    why = f"downstream of {copy.way[0]}, steps away: {len(copy.way) - 1}"
    why = f"{why}; {copy.ended}, which does not say that its data is gone" if copy.ended else why
    if copy.personal:
        _note(scope, copy.key, asset, why, is_model=copy.dataset.kind == MODEL)
    elif not scope.planned(asset):
        scope.quiet.setdefault(copy.key, why)


def _note(scope: Scope, key: str, asset: Any, why: str, *, is_model: bool) -> None:
    """What is not planned: a model gets a duty, anything else is a finding, named once however it was reached."""
    name = asset.key if asset is not None else key
    if is_model or (asset is not None and asset.kind == MODEL):
        scope.models.setdefault(name, Unplanned(why, asset))
    elif not scope.planned(asset) and (asset is None or asset.name not in scope.findings):
        scope.findings.setdefault(name, Unplanned(why, asset))


def _take(scope: Scope, placements: Iterable[Any], origin: Origin, why: str, kinds: frozenset[str]) -> bool:
    """Plan those placements that can be searched; whether there was one."""
    taken = [each for each in placements if holds(each, kinds)]
    for each in taken:
        scope.take(each, origin, why)
    return bool(taken)
