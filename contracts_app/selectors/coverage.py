"""Which assets are under a contract that is in force and fully signed, and for the others what comes next.

Every vector index counts as tier 1, whatever the catalog says of it (the design's rule).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet
from django.urls import reverse

from contracts_app.domain.conditions import Condition, unmet
from contracts_app.domain.lifecycle import State
from contracts_app.models import Contract, CoverageDay, Version
from contracts_app.selectors.conditions import conditions_of_all
from portal.core.catalog.selectors import assets, resolve_assets
from portal.core.identity.policies import Act, require

TREND_DAYS = 90
ORDER = (
    State.ACTIVE, State.SCHEDULED, State.PROPOSED, State.DRAFT, State.DEPRECATED, State.RETIRED, State.WITHDRAWN,
)  # fmt: skip
TIER_1 = Q(tier=1) | Q(kind="vector_index")


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its two numbers; no assets at all is no share, and never 100 %."""

    covered: int
    total: int

    @property
    def percent(self) -> str:
        """In percent, rounded down so that one missing contract never reads as all.

        >>> Figure(1999, 2000).percent, Figure(0, 0).percent
        ('99.9', '')
        """
        if not self.total:
            return ""
        share = Decimal(100 * self.covered) / self.total
        return f"{share.quantize(Decimal('0.1'), rounding=ROUND_FLOOR):f}".removesuffix(".0")

    @property
    def missing(self) -> int:
        """Assets without."""
        return self.total - self.covered


@dataclass(frozen=True, slots=True)
class Covered:
    """One asset: the version that stands for it, if any, and the next step with where it is done."""

    asset: Any
    covered: bool
    version: Version | None
    step: str
    url: str
    label: str


def governed_assets(
    *, tier: str = "", team: str = "", layer: str = "", kind: str = "", standing: str = ""
) -> QuerySet[Any]:
    """Assets with `covered`, those without a contract first. `tier` is 1, 2, 3, "none" or empty for all."""
    found = assets().annotate(covered=Exists(in_force()))
    if tier:
        found = found.filter(_tier(tier))
    exact = {"owner_team__slug": team, "layer": layer, "kind": kind}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if standing:
        found = found.filter(covered=standing == "covered")
    return found.order_by("covered", "tier", "namespace", "name")


def coverage_figure(found: QuerySet[Any]) -> Figure:
    """How many of the assets are covered."""
    return Figure(found.filter(covered=True).count(), found.count())


def coverage_rows(user: Any, found: Iterable[Any]) -> list[Covered]:
    """The assets of one page with their next steps, in a number of queries that does not grow with them."""
    require(user, Act.READ)
    return coverage_steps(found)


def coverage_steps(found: Iterable[Any]) -> list[Covered]:
    """The same for the portal itself, which asks for nobody."""
    shown = list(found)
    standing = _standing_versions(shown)
    waiting = _waiting({version.pk: version for version in standing.values()}.values())
    return [_row(asset, standing.get(asset.pk), waiting) for asset in shown]


def coverage_trend() -> list[CoverageDay]:
    """The last days that were counted, oldest first."""
    return list(reversed(CoverageDay.objects.order_by("-day")[:TREND_DAYS]))


def _tier(tier: str) -> Q:
    if tier == "1":
        return TIER_1
    return (Q(tier=None) if tier == "none" else Q(tier=tier)) & ~Q(kind="vector_index")


def in_force() -> QuerySet[Version]:
    """Active versions of the outer asset that bear every signature which they need."""
    needed = Func(F("roles"), function="jsonb_array_length", output_field=IntegerField())
    signed = Count("signatures", filter=Q(signatures__voided_at=None))
    active = Version.objects.filter(contract__asset=OuterRef("pk"), state=State.ACTIVE)
    return active.annotate(needed=needed, signed=signed).filter(signed__gte=F("needed"), needed__gt=0)


def _standing_versions(shown: Sequence[Any]) -> dict[int, Version]:
    """For each asset the version that matters most, of its own contract or of one that names it.

    A contract knows its asset from its first activation on; before that its document says which one it means.
    """
    of_asset = {contract.pk: contract.asset_id for contract in Contract.objects.filter(asset__in=shown)}
    of_asset |= _named({(asset.namespace, asset.name): asset.pk for asset in shown})
    found: dict[int, Version] = {}
    versions = Version.objects.filter(contract__in=of_asset).select_related("contract__asset", "contract__owner_team")
    for version in versions.defer("readiness").order_by("-pk"):
        asset_id = of_asset[version.contract_id]
        best = found.get(asset_id)
        if best is None or ORDER.index(State(version.state)) < ORDER.index(State(best.state)):
            found[asset_id] = version
    return found


def _named(shown: dict[tuple[str, str], int]) -> dict[int, int]:
    """Contracts that were never in force, by the asset of these that their newest document means."""
    fresh = Version.objects.filter(contract__asset=None).exclude(state=State.WITHDRAWN).order_by("contract_id", "-pk")
    meant = {row[0]: _meaning(row[1], row[2]) for row in fresh.values_list("contract_id", "contract__name", "data")}
    texts = [text for _, text in meant.values()]
    resolved = resolve_assets(texts)
    ids = set(shown.values())
    found: dict[int, int] = {}
    for contract_id, (exact, text) in meant.items():
        asset_id = shown.get(exact) or (resolved[text].pk if text in resolved else None)
        if asset_id in ids:
            found[contract_id] = asset_id
    return found


def _meaning(name: str, data: Any) -> tuple[tuple[str, str], str]:
    """The asset that a document means: its full name where it gives one, and the text that the catalog resolves."""
    ref = data.get("asset") if isinstance(data, dict) else None
    if isinstance(ref, dict) and ref.get("name"):
        pair = (str(ref.get("namespace", "default")), str(ref["name"]))
        return pair, "/".join(pair)
    return ("default", name), name


def _waiting(versions: Iterable[Version]) -> dict[int, list[Condition]]:
    """The unmet conditions of each version that is on its way."""
    listed = list(versions)
    found = zip(listed, conditions_of_all(listed), strict=True)
    return {version.pk: unmet(conditions) for version, conditions in found}


def _row(asset: Any, version: Version | None, waiting: dict[int, list[Condition]]) -> Covered:
    if version is None:
        url = f"{reverse('contracts:new')}?asset={asset.pk}"
        return Covered(asset, False, None, "It has no contract.", url, "Write its contract")
    if asset.covered:
        return Covered(asset, True, version, "", version.get_absolute_url(), "Open the contract")
    return Covered(asset, False, version, *_next(version, waiting.get(version.pk, [])))


def _next(version: Version, waits: list[Condition]) -> tuple[str, str, str]:
    """What has to happen, where, and what the link says."""
    page, edit = version.get_absolute_url(), reverse("contracts:edit", args=[version.contract_id])
    match State(version.state):
        case State.DRAFT:
            broken = any(one.failing for one in waits)
            return _first(waits, "It can be proposed."), edit, "Mend the draft" if broken else "Propose the draft"
        case State.PROPOSED | State.SCHEDULED:
            return _first(waits, "It comes into force with the next tick."), page, "Open the proposal"
        case State.ACTIVE:
            return "It is in force without every signature that it needs.", page, "Open the contract"
        case State.DEPRECATED:
            return "Only a deprecated version is left: write its successor.", edit, "Write a new version"
    return f"Its last version is {version.state}: write a new one.", edit, "Write a new version"


def _first(waits: list[Condition], none: str) -> str:
    """The first unmet condition in words, and how many more there are."""
    if not waits:
        return none
    more = f" And {len(waits) - 1} more." if len(waits) > 1 else ""
    return f"{waits[0].title}: {waits[0].text}{more}"
