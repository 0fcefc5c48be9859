"""Where an SLO is measured, and by which terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts_app.selectors import rule_set
from portal.core.catalog.selectors import placements_of
from portal.core.connectors import registry as connectors
from portal.core.connectors.base import Measurable

from ..indicators.base import RuleSet, Terms
from ..models import Slo
from .windows import judged_before

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset, Placement


def place_of(asset: Asset) -> Placement | None:
    """The first placement in a system that can be asked with SQL, in the order of the systems' names."""
    known = connectors.kinds()
    return next((place for place in placements_of(asset) if isinstance(known.get(place.system.kind), Measurable)), None)


def terms_for(slo: Slo, dialect: str | None) -> Terms:
    """The SLO's terms; with the rules of its contract version compiled where a `dialect` is given."""
    rules = None
    if dialect and slo.version is not None:
        found = rule_set(slo.version)
        named = tuple((f"{rule.name}: {rule.text}", rule.sql_by_dialect[dialect]) for rule in found.rules)
        rules = RuleSet(named, tuple(found.unique))
    return Terms(
        element=slo.element,
        window=slo.window,
        rules=rules,
        settings=slo.settings,
        judged=lambda windows: judged_before(slo, windows),
    )
