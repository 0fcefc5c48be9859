"""Sloth's profile of OpenSLO (v1alpha): ratio SLIs in PromQL, day windows, one SLO a document.

Source: internal/storage/io/openslo.go of Sloth, read 2026-04. A threshold SLO cannot be said in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import promql
from .openslo import Object, service_name, slo_name
from .promise import Promise


def documents(promises: Iterable[Promise]) -> Iterator[Object]:
    """A document for each ratio; thresholds are left out."""
    return (_slo(promise) for promise in promises if promise.ratio)


def _slo(promise: Promise) -> Object:
    good, valid = (promql.series(f"slo_{which}_events", promise) for which in ("good", "valid"))
    return {
        "apiVersion": "openslo/v1alpha",
        "kind": "SLO",
        "metadata": {"name": slo_name(promise), "displayName": promise.title},
        "spec": {
            "service": service_name(promise),
            "description": f"{promise.title}: {promise.target} {promise.unit}".strip()[:1050],
            "timeWindows": [{"unit": "Day", "count": promise.budget_days, "isRolling": True}],
            "budgetingMethod": "Occurrences",
            "objectives": [
                {
                    "displayName": f"{promise.target} {promise.unit}".strip(),
                    "value": 1,
                    "target": float(promise.objective),
                    "ratioMetrics": {"incremental": False, "good": _metric(good), "total": _metric(valid)},
                }
            ],
        },
    }


def _metric(series: str) -> Object:
    """Sloth fills in the window itself."""
    return {"source": "prometheus", "queryType": "promql", "query": f"sum_over_time({series}[{{{{.window}}}}])"}
