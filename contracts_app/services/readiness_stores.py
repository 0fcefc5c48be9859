"""Readiness of stores: where a deletion must reach, and where the data may lie.

A deletion target that is dropped must be shown to be empty; one that is added must have a connector that can delete
there and answers; a region that is no longer allowed must hold no copy of the asset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from contracts_app import selectors
from contracts_app.models import Version
from contracts_app.services.readiness import Readiness, readiness_check
from portal.core.catalog.domain.systems import SystemRefused
from portal.core.catalog.selectors import placements_of, resolve_asset, system_config
from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Countable, Erasable, Measurable, Target

if TYPE_CHECKING:
    from portal.core.catalog.models import Placement

Answer = tuple[bool, str]


@readiness_check("deletion.removed", asks=lambda version: "empty-store" in selectors.required(version))
def emptied(version: Version) -> Readiness | None:
    """Each dropped deletion target holds nothing any more."""
    dropped = _targets(version, "empty-store", "old")
    return _all(answer for text in dropped for answer in _each_place(text, _empty, nowhere=True))


@readiness_check("deletion.added", asks=lambda version: "connector" in selectors.required(version))
def reachable(version: Version) -> Readiness | None:
    """Each new deletion target lies where the portal can delete."""
    added = _targets(version, "connector", "new")
    return _all(answer for text in added for answer in _each_place(text, _can_erase, nowhere=False))


@readiness_check("stores")
def stores(version: Version) -> Readiness | None:
    """Every store of the asset keeps to the new regions; what a store encrypts no connector can see."""
    changes = selectors.required(version).get("stores", [])
    if not changes:
        return None
    answers: list[Answer] = []
    if any(change["kind"].startswith("residency") for change in changes):
        asset = selectors.asset_of(version)
        places = placements_of(asset) if asset else []
        answers += [_in_region(place, version.document.residency) for place in places]
        answers += [] if places else [(True, "Not tested: the catalog does not say where the asset lies.")]
    if any(change["kind"].startswith("encryption") for change in changes):
        answers.append((True, "Not tested: no connector sees what a store encrypts; the producer signs for it."))
    return _all(answers)


def _all(answers: Iterable[Answer]) -> Readiness | None:
    """One answer from many: what holds back comes first."""
    found = sorted(answers, key=lambda answer: answer[0])
    if not found:
        return None
    return Readiness(all(ok for ok, _ in found), " ".join(said for _, said in found))


def _targets(version: Version, need: str, side: str) -> list[str]:
    """The deletion targets that the changes name, as the contract writes them."""
    return [str(change[side]) for change in selectors.required(version).get(need, []) if change.get(side)]


def _each_place(text: str, ask: object, *, nowhere: bool) -> Iterator[Answer]:
    asset = resolve_asset(text)
    if asset is None:
        yield False, f"{text} names no asset of the catalog, so no store can be asked. Add it as an alias."
        return
    places = placements_of(asset)
    if not places:
        yield nowhere, f"{text} lies nowhere: the catalog has no placement of it."
    for place in places:
        try:
            yield ask(place)  # type: ignore[operator]
        except (ConnectorError, SystemRefused) as error:
            yield False, f"{place} could not be asked: {error}"


def _empty(place: Placement) -> Answer:
    try:
        rows = _count(place)
    except ConnectorError as error:
        if error.missing:
            return True, f"{place} is gone."
        raise
    return rows == 0, f"{place} holds no row." if rows == 0 else f"{place} still holds {rows:,} rows."


def _count(place: Placement) -> int:
    connector, config = registry.get(place.system.kind), system_config(place.system)
    if isinstance(connector, Countable):
        return connector.count(config, Target(place.object_name, place.settings))
    if isinstance(connector, Measurable):
        with connector.reader(config, place.object_name, settings=place.settings) as reader:
            row = reader.row(f"SELECT count(*) AS n FROM {reader.relation}")  # noqa: S608 - quoted by the reader
            return int(row["n"])
    raise ConnectorError(f"Systems of kind {place.system.kind} cannot be counted.")


def _can_erase(place: Placement) -> Answer:
    connector = registry.get(place.system.kind)
    if not isinstance(connector, Erasable):
        return False, f"{place}: no connector can delete in systems of kind {place.system.kind}."
    connector.ping(system_config(place.system, "erase"))
    return True, f"{place} answers with the right to delete."


def _in_region(place: Placement, allowed: frozenset[str]) -> Answer:
    region = place.system.region.lower()
    if not region:
        return False, f"No region is recorded for {place.system}; record it."
    kept = any(region == each or region.startswith(f"{each}-") for each in allowed)
    return kept, f"{place} lies in {region}, which is {'' if kept else 'not '}among {', '.join(sorted(allowed))}."
