"""Residency: every system that holds the asset, or what lineage makes of it, lies in a region of the contract."""

from __future__ import annotations

from collections.abc import Iterator

from lineage_app.selectors import downstream_datasets
from portal.core.catalog.models import DataSystem
from portal.core.catalog.selectors import placements_of

from ..base import Case, Document, Fact, FindingKind, finding


@finding("residency")
class Residency(FindingKind):
    """Declared regions, over every hop that lineage knows."""

    label = "Residency"
    promise = "every system that holds the data, or that lineage reaches, lies in an allowed region"

    def promised(self, document: Document) -> str:
        return f"only in {', '.join(sorted(document.residency))}" if document.residency else ""

    def look(self, case: Case) -> list[Fact]:
        facts = [_judged(system, held, case.document.residency) for system, held in _systems(case).values()]
        return facts or [Fact(None, "No system is recorded for this asset. Add a placement.")]


def _systems(case: Case) -> dict[int, tuple[DataSystem, str]]:
    """Each system once, with what it holds of the data, the nearest first."""
    found: dict[int, tuple[DataSystem, str]] = {}
    for asset, held in _assets(case):
        for place in placements_of(asset):
            found.setdefault(place.system_id, (place.system, held))
    return found


def _assets(case: Case) -> Iterator[tuple[object, str]]:
    yield case.asset, "it"
    for hop in downstream_datasets(case.asset.pk):
        if hop.asset is not None:
            yield hop.asset, f"{hop.asset.key}, made of it by {hop.distance} {'hop' if hop.distance == 1 else 'hops'},"


def _judged(system: DataSystem, held: str, allowed: frozenset[str]) -> Fact:
    """A region is allowed by its name or by what it begins with: `eu` allows eu-west-1."""
    region = system.region.lower()
    if not region:
        return Fact(None, f"{system} holds {held} and its region is not recorded. Record it.")
    kept = any(region == each or region.startswith(f"{each}-") for each in allowed)
    where = "" if kept else f", outside {', '.join(sorted(allowed))}. Move the data, or change the contract"
    return Fact(kept, f"{system} holds {held.removesuffix(',')} in {region}{where}.")
