"""Would a tightened or new SLO have been kept? Asked before its contract comes into force.

A tightened target is held against each deciding measurement of the last 30 days: the share that meets it must reach
the SLO's objective. A new SLO has no measurements, so it is measured once, now. What the portal could measure and did
not (probe failed, no rows) is not ready; what it cannot measure at all (no indicator installed, no store that takes
SQL) does not hold the version back and is said to be unmeasured.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from contracts_app import selectors as contracts
from contracts_app.services import Readiness, readiness_check
from portal.core.clock.services import now
from portal.core.connectors.base import ConnectorError

from ..domain.bounds import Bound, plain
from ..domain.measurement import DECIDING, shown
from ..domain.psi import ENOUGH
from ..indicators.base import CannotMeasure
from ..indicators.registry import find
from ..models import Slo
from ..probing import look
from ..selectors.terms import place_of
from .baselines import compares, take
from .promises import fields_of, objective_of

NEED = "slo-history"
HISTORY = timedelta(days=30)
LOOKUPS = {"<=": "lte", "<": "lt", ">=": "gte", ">": "gt"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One promise that the version tightens or adds, with the SLO that is measured for it today, if there is one."""

    term: Any
    slo: Slo | None

    @property
    def target(self) -> Bound:
        """The new target."""
        op, value = self.term.target
        return Bound(op, Decimal(str(value)))

    @property
    def name(self) -> str:
        """The promise for people."""
        return f"{self.term.kind.replace('_', ' ')} {self.target}"


def _asks(version: Any) -> bool:
    """Whether a new SLO has to be measured now."""
    new = [each for each in asked_of(version) if each.slo is None and find(each.term.kind)]
    asset = contracts.asset_of(version) if new else None
    return asset is not None and place_of(asset) is not None


@readiness_check("slo history", asks=_asks)
def slo_history(version: Any) -> Readiness | None:
    """Every tightened or added SLO of the version, held against what was measured or is measured now."""
    answers = [_answer(version, each) for each in asked_of(version)]
    if not answers:
        return None
    ordered = sorted(answers, key=lambda answer: answer.ok)
    return Readiness(all(answer.ok for answer in answers), " ".join(answer.text for answer in ordered))


def asked_of(version: Any) -> list[Asked]:
    """The terms that the version tightens or adds; what is added under the name of a live SLO counts as tightened."""
    changes = contracts.required(version).get(NEED, [])
    if not changes:
        return []
    paths = {str(change["path"]).split(".")[1] for change in changes if str(change["path"]).count(".")}
    asset = contracts.asset_of(version)
    live = {slo.kind: slo for slo in Slo.objects.filter(asset=asset, name="", enabled=True)} if asset else {}
    return [Asked(term, live.get(term.kind)) for term in contracts.slo_terms(version) if _named(term.kind, paths)]


def _named(kind: str, paths: set[str]) -> bool:
    """Whether a key of the contract (`freshness_minutes`) is this kind's."""
    return any(path == kind or path.startswith(f"{kind}_") for path in paths)


def _answer(version: Any, asked: Asked) -> Readiness:
    indicator = find(asked.term.kind)
    if indicator is None:
        return Readiness(True, f"{asked.name}: not measured, its indicator is not installed here.")
    asset = contracts.asset_of(version)
    if asset is None or place_of(asset) is None:
        return Readiness(True, f"{asked.name}: not measured, no store that takes SQL holds the asset.")
    if asked.slo is None:
        return _measured_now(version, asked)
    return _over_history(asked, asked.slo, objective_of(asked.term, indicator.defaults))


def _over_history(asked: Asked, slo: Slo, needed: Decimal) -> Readiness:
    """`needed` is the share of measurements that must meet the target: the objective that the new version sets."""
    lookup = {f"value__{LOOKUPS[asked.target.op]}": asked.target.value}
    recent = slo.measurements.filter(at__gt=now() - HISTORY, result__in=[each.value for each in DECIDING])
    counted = recent.aggregate(total=Count("pk"), met=Count("pk", filter=Q(**lookup)))
    total, met = counted["total"], counted["met"]
    if not total:
        return Readiness(False, f"{asked.name}: no measurements in the last 30 days, so it cannot be told.")
    share = Decimal(100 * met) / total
    objective = 100 * needed
    said = (
        f"{asked.name}: met by {met:,} of {total:,} measurements of the last 30 days ({shown(share)} %; "
        f"{plain(objective)} % are needed)."
    )
    return Readiness(share >= objective, said)


def _measured_now(version: Any, asked: Asked) -> Readiness:
    """One look with the new terms; the SLO is made in memory only."""
    asset = contracts.asset_of(version)
    assert asset is not None  # the caller has found where it lies
    slo = Slo(asset=asset, kind=asked.term.kind, **fields_of(asset, version, asked.term))
    if compares(slo):
        return _comparable_now(asked, slo)
    reading = look(slo).reading
    if reading.value is None:
        return Readiness(False, f"{asked.name}: could not be measured now. {reading.reason}")
    met = asked.target.holds(reading.value)
    value = shown(reading.value, asked.target)
    return Readiness(
        met, f"{asked.name}: new, so without history; measured now at {value}{'' if met else ', not met'}."
    )


def _comparable_now(asked: Asked, slo: Slo) -> Readiness:
    """Whether the rows of now could be its first baseline; nothing is kept before the version is in force."""
    try:
        rows = take(slo).document.rows
    except (CannotMeasure, ConnectorError) as error:
        return Readiness(False, f"{asked.name}: no baseline can be made now. {error}")
    return Readiness(
        rows >= ENOUGH,
        f"{asked.name}: new; {rows:,} rows could be its first baseline now, {ENOUGH} are needed.",
    )
