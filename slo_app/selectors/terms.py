"""Where an SLO is measured, and by which terms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contracts_app.selectors import active_version, personal_fields, rule_set
from portal.core.catalog.selectors import placements_of
from portal.core.connectors import registry as connectors
from portal.core.connectors.base import Measurable

from ..indicators.base import CannotMeasure, Compared, Indicator, RuleSet, Terms
from ..models import Slo
from .windows import judged_before

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset, Placement


def place_of(asset: Asset) -> Placement | None:
    """The first placement in a system that can be asked with SQL, in the order of the systems' names."""
    known = connectors.kinds()
    return next((place for place in placements_of(asset) if isinstance(known.get(place.system.kind), Measurable)), None)


def terms_for(slo: Slo, indicator: Indicator, dialect: str) -> Terms:
    """The SLO's terms: with its contract's rules in the dialect, or its newest baseline, where the indicator asks."""
    terms = Terms(
        element=slo.element,
        window=slo.window,
        settings=slo.settings,
        asset=slo.asset.name,
        judged=lambda windows: judged_before(slo, windows),
    )
    if isinstance(indicator, Compared):
        return replace(terms, baseline=_newest_baseline(slo), personal=personal_columns(slo.asset_id))
    version = slo.version if slo.contract else active_version(slo.asset_id)
    if indicator.needs_rules and version is not None:
        return replace(terms, rules=_rules(version, dialect))
    return terms


def _rules(version: Any, dialect: str) -> RuleSet:
    found = rule_set(version)
    named = tuple((f"{rule.name}: {rule.text}", rule.sql_by_dialect[dialect]) for rule in found.rules)
    return RuleSet(named, tuple(found.unique))


def _newest_baseline(slo: Slo) -> dict[str, Any] | None:
    """Its document, held against the digest that evidence names."""
    newest = slo.baselines.first() if slo.pk else None
    if newest is None:
        return None
    try:
        return newest.read.document()
    except ValueError as error:
        raise CannotMeasure(f"{error} Make a new baseline.") from None


def personal_columns(asset_id: int) -> frozenset[str]:
    """The columns that the contract in force of an asset marks as personal."""
    version = active_version(asset_id)
    return frozenset(field.name for field in personal_fields(version)) if version else frozenset()
