"""What an SLO of a contract comes to once the programme's catalog has filled what the author left out.

Source: the SLO catalog of the programme (freshness 15 / 20 for 5 min, completeness 99.5 / 99.0 for 10 min, accuracy
99.9 / 99.7 for 15 min, vector sync lag 10 / 15 for 5 min, drift 0.2 / 0.25 daily, groundedness 98 / 96 hourly).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts_app.domain.lint import sole_timestamp
from contracts_app.domain.model import Bound, Document, SloSpec
from contracts_app.domain.readings import AT_MOST, fires_within_target

_CATALOG: dict[str, tuple[float, float, float, str]] = {  # target, alert, for (minutes), schedule
    "freshness": (15, 20, 5, ""),
    "completeness": (99.5, 99.0, 10, ""),
    "accuracy": (99.9, 99.7, 15, ""),
    "vector_sync_lag": (10, 15, 5, ""),
    "drift": (0.2, 0.25, 0, "daily"),
    "groundedness": (98, 96, 0, "hourly"),
}


@dataclass(frozen=True, slots=True)
class SloTerm:
    """One SLO ready to be measured; `target` and `alert` are (operator, value) in the SLO's own unit."""

    kind: str
    target: tuple[str, float]
    alert: tuple[str, float]
    for_minutes: float
    element: str | None
    window: str | None
    expected: Any
    owner: str | None
    runbook: str | None
    schedule: str | None
    objective: float | None = None


def slo_terms(document: Document) -> list[SloTerm]:
    """The SLOs that a contract promises; accuracy rules alone promise accuracy.

    >>> from contracts_app.domain.document import load
    >>> slo_terms(load("slos: {freshness_minutes: {target: 15}}").document)[0].alert
    ('>', 20)
    """
    authored = list(document.slos)
    if document.rules and document.slo("accuracy") is None:
        authored.append(SloSpec("accuracy"))
    return [term for slo in authored if (term := _term(document, slo)) is not None]


def _term(document: Document, slo: SloSpec) -> SloTerm | None:
    target = slo.target or _default_target(document, slo.kind)
    if target is None:
        return None
    alert = slo.alert or _default_alert(slo.kind, target)
    catalog = _CATALOG.get(slo.kind, (0, 0, 0, ""))
    return SloTerm(
        kind=slo.kind,
        target=(target.op, target.value),
        alert=(alert.op, alert.value),
        for_minutes=catalog[2] if slo.for_minutes is None else slo.for_minutes,
        element=slo.element
        or (sole_timestamp(document) if slo.kind in ("freshness", "completeness", "retention") else None),
        window=slo.window,
        expected=slo.expected,
        owner=slo.owner or document.owner,
        runbook=slo.runbook,
        schedule=slo.schedule or catalog[3] or None,
        objective=slo.objective,
    )


def _default_target(document: Document, kind: str) -> Bound | None:
    if kind == "retention":
        return None if document.retention_days is None else Bound("<=", document.retention_days)
    return Bound("<=" if kind in AT_MOST else ">=", _CATALOG[kind][0])


def _default_alert(kind: str, target: Bound) -> Bound:
    """The catalog's alert where it is no tighter than the target, else the target itself."""
    op = ">" if kind in AT_MOST else "<"
    if kind in _CATALOG:
        alert = Bound(op, _CATALOG[kind][1])
        if not fires_within_target(target, alert, kind):
            return alert
    return Bound(op, target.value)
