"""Who is hit by a change, according to lineage: by column where the change is about one, else everything downstream."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from contracts_app.domain.changes import Change
from contracts_app.domain.report import Hit
from contracts_app.models import Version
from contracts_app.selectors.names import asset_of
from lineage_app.selectors import downstream_datasets, reach_of_columns, upstream_datasets


@dataclass(frozen=True, slots=True)
class Reached:
    """A dataset downstream: who owns it, how far it is, and through which of the asset's columns it is hit."""

    dataset: Any
    asset: Any
    distance: int
    columns: tuple[str, ...]

    @property
    def via(self) -> str:
        """Through what it is reached, in words."""
        return f"columns {', '.join(self.columns)}" if self.columns else "the whole dataset"

    @property
    def owner(self) -> str:
        """The owner's team, as far as the catalog knows it."""
        return self.asset.owner_team.name if self.asset and self.asset.owner_team else ""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """How many datasets feed the asset and how many it feeds, and where they are listed."""

    up: int
    down: int
    teams: tuple[str, ...]
    url: str


def downstream_of(version: Version, changes: Iterable[Change] | None = None) -> list[Reached]:
    """What lineage knows downstream of the version's asset, nearest first.

    With `changes`: only what they reach. A change of one column reaches what that column flows into, by column lineage
    where it is known; any other change reaches everything. No change reaches nothing.
    """
    asset = asset_of(version)
    if asset is None:
        return []
    hops = downstream_datasets(asset.pk)
    columns = None if changes is None else _columns(changes)
    if columns is None:
        return [Reached(hop.dataset, hop.asset, hop.distance, ()) for hop in hops]
    through: dict[int, list[str]] = {}
    for column in sorted(columns):
        for pk in reach_of_columns(asset.pk, [column]):
            through.setdefault(pk, []).append(column)
    return [
        Reached(hop.dataset, hop.asset, hop.distance, tuple(through[hop.dataset.root_pk]))
        for hop in hops
        if hop.dataset.root_pk in through
    ]


def hits(reached: Sequence[Reached], base: str = "") -> list[Hit]:
    """The same for a report; `base` is put before the addresses."""
    return [
        Hit(f"{one.dataset.namespace}/{one.dataset.name}", one.owner, one.via, base + one.dataset.get_absolute_url())
        for one in reached
    ]


def neighbours_of(asset: Any) -> Neighbours | None:
    """The asset's place in lineage; None where the catalog does not know the asset."""
    if asset is None:
        return None
    down = downstream_datasets(asset.pk)
    teams = {hop.asset.owner_team.name for hop in down if hop.asset and hop.asset.owner_team}
    return Neighbours(len(upstream_datasets(asset.pk)), len(down), tuple(sorted(teams)), asset.get_absolute_url())


def _columns(changes: Iterable[Change]) -> set[str] | None:
    """The columns that the changes are about; None where one of them is about more than a column."""
    found = set()
    for change in changes:
        head, _, rest = change.path.partition(".")
        if change.bump in ("none", "patch"):
            continue
        if head != "schema" or not rest:
            return None
        found.add(rest.split(".")[0])
    return found
