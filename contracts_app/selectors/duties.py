"""Contracts and the RACI: who answers for a version's asset, who is told of it, and what contracts state of duties."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models.expressions import RawSQL
from django.urls import reverse

from contracts_app.domain.lifecycle import SigningRole, State
from contracts_app.models import Contract, Version
from contracts_app.selectors.names import asset_of
from portal.core.catalog.selectors import assets_named
from portal.core.raci import selectors as raci

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset

WORKSTREAM = "data-contracts-tier-1"
"""The short name of the programme's first workstream; its C and I are told of breaking changes at tier 1."""
SHARED = "shared_duty"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the right to sign as accountable is asked for: the asset by its row, else the contract's team."""

    version: Version

    def duty_asset_id(self) -> int | None:
        """The asset whose row of the RACI decides, where the catalog has it."""
        return self.version.contract.asset_id or getattr(_asset(self.version), "pk", None)

    def team_ids(self) -> set[int]:
        """The team that owns the contract."""
        return self.version.contract.team_ids()


def share_duties(versions: Iterable[Version]) -> None:
    """Look up at once who answers for the assets of those versions that somebody accountable has to sign."""
    signed = [each for each in versions if SigningRole.ACCOUNTABLE.value in each.roles]
    asked = [each for each in signed if each.contract.asset_id or each.loaded.document]
    if not asked:
        return
    unknown = {_name(each) for each in asked if each.contract.asset_id is None}
    named = assets_named(unknown) if unknown else {}
    assets = {each.pk: each.contract.asset_id or getattr(named.get(_name(each)), "pk", None) for each in asked}
    known = raci.accountables({pk for pk in assets.values() if pk})
    for version in asked:
        version.__dict__[SHARED] = known.get(assets[version.pk] or 0)


def accountable_of(version: Version) -> raci.Accountable | None:
    """Who answers for the version's asset by a signed row of the RACI; None where it has none."""
    if SHARED not in version.__dict__:
        version.__dict__[SHARED] = raci.accountable_for(_asset(version))
    found: raci.Accountable | None = version.__dict__[SHARED]
    return found


def informed_of(version: Version, *, breaking: bool) -> list[raci.Informed]:
    """The C and I of the asset's row, and, of a breaking change at tier 1, those of the programme's workstream."""
    asset = _asset(version)
    found = raci.informed_of(asset) if asset is not None else []
    return found + (raci.informed_of_workstream(WORKSTREAM) if breaking and version.tier == 1 else [])


@raci.states_duties
def stated(assets: Collection[int]) -> dict[int, raci.Stated]:
    """What the contracts in force of these assets say under `raci`."""
    among = RawSQL("SELECT unnest(%s::bigint[])", [list(assets)])  # a parameter for each of a thousand costs more
    known = Contract.objects.filter(asset__in=among, versions__state=State.ACTIVE, versions__data__has_key="raci")
    rows = known.values_list("asset", "pk", "name", "versions__number", "versions__data__raci")
    return {
        asset: raci.Stated(f"Contract {name} {number}", reverse("contracts:page", args=[pk]), raci.read_duties(said))
        for asset, pk, name, number, said in rows
        if isinstance(said, dict)
    }


def _asset(version: Version) -> Asset | None:
    return asset_of(version) if version.contract.asset_id or version.loaded.document else None


def _name(version: Version) -> tuple[str, str]:
    ref = version.document.asset
    return ref.namespace, ref.name
