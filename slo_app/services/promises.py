"""From an activated contract to the SLOs of its asset: created, updated, or switched off where no longer promised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from contracts_app.selectors import active_version, slo_terms, version_by_id
from portal.core.catalog.selectors import resolve_team
from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record

from .. import evidence_kinds
from ..domain.durations import every, parse
from ..domain.slices import Method
from ..indicators.base import Defaults
from ..indicators.registry import find
from ..models import Slo
from .burning import arm

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset

SloTerm = Any  # what contracts_app.selectors.slo_terms yields
SHORTEST_INTERVAL = timedelta(minutes=1)
UNINSTALLED_INTERVAL = timedelta(hours=1)
THRESHOLD_OBJECTIVE = Decimal("0.99")  # of slices, for SLOs that are no ratio of their own


@transaction.atomic
def adopt_promises(*, actor: Actor, version_id: int) -> list[Slo]:
    """Make the SLOs of an asset what its active contract version says; doing it twice changes nothing.

    Late news of a version that another one has replaced says nothing any more.
    """
    version = version_by_id(version_id)
    asset = version.asset if version else None
    if version is None or asset is None:
        raise ValueError(f"Version {version_id} is active but names no asset, so nothing can be measured.")
    in_force = active_version(asset.pk)
    if in_force is not None and in_force.pk != version.pk:
        return []
    terms = list(slo_terms(version))
    slos = [_adopt(actor, asset, version, term) for term in terms]
    gone = Slo.objects.select_for_update().filter(asset=asset, contract=_name(version), enabled=True)
    for slo in gone.exclude(kind__in=[term.kind for term in terms]):
        _retire(actor, slo, version)
    return slos


def _adopt(actor: Actor, asset: Asset, version: Any, term: SloTerm) -> Slo:
    wanted = fields_of(asset, version, term)
    slo = Slo.objects.select_for_update().filter(asset=asset, kind=term.kind, name="").first()
    if slo and slo.enabled and all(getattr(slo, name) == value for name, value in wanted.items()):
        return slo
    present = now()
    if slo is None:
        slo = Slo(asset=asset, kind=term.kind, created_at=present)
    for name, value in wanted.items():
        setattr(slo, name, value)
    slo.enabled, slo.next_due_at = True, present
    slo.save()
    arm(slo)
    bounds = {"target": str(slo.target), "alert": str(slo.alert)}
    record(evidence_kinds.PROMISED, actor=actor, payload=_subject(slo, version) | bounds, team_id=slo.owner_team_id)
    return slo


def fields_of(asset: Asset, version: Any, term: SloTerm) -> dict[str, Any]:
    """The fields of the SLO that a term of a version promises for an asset."""
    indicator = find(term.kind)
    defaults = indicator.defaults if indicator else None
    target_op, target_value = term.target
    alert_op, alert_value = term.alert
    hold = _hold(term, defaults)
    settings = settings_of(term)
    return {
        "target_op": target_op,
        "target_value": Decimal(str(target_value)),
        "alert_op": alert_op,
        "alert_value": Decimal(str(alert_value)),
        "hold": hold,
        "clear_for": hold,
        "interval": interval_of(term, defaults),
        "objective": objective_of(term, defaults),
        "budget_method": (Method.OCCURRENCES if defaults and defaults.objective is None else Method.SLICES).value,
        "element": term.element or "",
        "settings": settings,
        "incomplete": indicator.lacks(term.element or "", settings)[:400] if indicator else "",
        "window": parse(term.window) if term.window else None,
        "owner_team": (resolve_team(term.owner) if term.owner else None) or asset.owner_team,
        "owner_title": term.owner or "",
        "runbook": _runbook(term, defaults),
        "contract": _name(version),
        "contract_version": version.number,
        "version": version,
    }


def settings_of(term: SloTerm) -> dict[str, Any]:
    """What the indicator needs beside its bounds: `expected:` key by key as a form keeps it, or in short as it is."""
    if isinstance(term.expected, Mapping):
        return {str(key): value for key, value in term.expected.items()}
    return {} if term.expected is None else {"expected": term.expected}


def interval_of(term: SloTerm, defaults: Defaults | None) -> timedelta:
    """How often it is measured: the contract's `schedule:` where it can be read, else the indicator's own interval."""
    own = defaults.interval if defaults else UNINSTALLED_INTERVAL
    asked = every(term.schedule) if term.schedule else None
    return own if asked is None else max(asked, SHORTEST_INTERVAL)


def _hold(term: SloTerm, defaults: Defaults | None) -> timedelta:
    if term.for_minutes is not None:
        return timedelta(minutes=float(term.for_minutes))
    return defaults.hold if defaults else timedelta(0)


def objective_of(term: SloTerm, defaults: Defaults | None) -> Decimal:
    """The contract's own, as a share or in percent; else a ratio's target, or the indicator's share of good slices.

    100 % would leave no budget at all, so the next best is taken.
    """
    if term.objective is not None:
        wanted = Decimal(str(term.objective))
        wanted = wanted / 100 if wanted > 1 else wanted
    elif defaults is None:
        wanted = THRESHOLD_OBJECTIVE
    else:
        wanted = defaults.objective or Decimal(str(term.target[1])) / 100
    return min(max(wanted, Decimal("0.000001")), Decimal("0.999999"))


def _runbook(term: SloTerm, defaults: Defaults | None) -> list[dict[str, str]]:
    """The contract's own text line by line, else the indicator's steps."""
    if term.runbook:
        lines = [line.strip("-* \t") for line in term.runbook.splitlines()]
        return [{"phase": "Runbook", "text": line} for line in lines if line]
    steps = defaults.runbook if defaults else {}
    return [{"phase": phase, "text": text} for phase, texts in steps.items() for text in texts]


def _retire(actor: Actor, slo: Slo, version: Any) -> None:
    slo.enabled = False
    slo.save(update_fields=["enabled"])
    record(evidence_kinds.RETIRED, actor=actor, payload=_subject(slo, version), team_id=slo.owner_team_id)


def _subject(slo: Slo, version: Any) -> dict[str, str | int]:
    return {
        "slo": slo.pk,
        "asset": slo.asset.key,
        "kind": slo.kind,
        "contract": _name(version),
        "version": version.number,
    }


def _name(version: Any) -> str:
    return str(version.contract)
