"""What Prometheus is told of the SLOs: the newest verdict of each, its bounds, and where its alerts stand.

NO_DATA is an absent series and `slo_no_data 1`, never 0 or 100. A state is one series, that of the state it is in, as
Prometheus writes its own ALERTS: at 10,000 SLOs the other states would be most of the scrape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from prometheus_client import Metric

from portal.core.clock.services import now
from portal.core.web.metrics import Covers, Labels, gauge, label, metrics

from .domain.measurement import Result
from .selectors.metered import Metered, is_ratio, metered, overdue

Rows = list[tuple[Metered, Labels]]


@metrics(order=10)
def slos(covers: Covers) -> Iterator[Metric]:
    """Every family of the SLOs; `slo` is the number in the portal's addresses, unique whatever the names are."""
    found = metered(covers)
    rows: Rows = [(row, _labels(row.slo)) for row in found]
    yield gauge("slo_info", "Who owns an SLO, and where it is in the portal.", _info(rows))
    for name, documentation, read in GAUGES:
        values = ((labels, read(row)) for row, labels in rows)
        yield gauge(name, documentation, ((labels, value) for labels, value in values if value is not None))
    words = ((labels | {"standing": row.standing.name.lower()}, 1.0) for row, labels in rows)  # type: ignore[operator]
    yield gauge("slo_standing", "1 for the word that the board shows of an SLO.", words)
    yield gauge("alert_state", "1 for the state that an alert is in.", _alerts(rows))
    yield gauge("custody_slo_overdue", "SLOs not measured though due for 2 intervals.", [({}, overdue(found, now()))])


def _labels(slo: dict[str, Any]) -> dict[str, str]:
    asset = f"{slo['asset__namespace']}/{slo['asset__name']}"
    return {"slo": str(slo["pk"]), "asset": label(asset), "kind": label(slo["kind"]), "name": label(slo["name"])}


def _info(rows: Rows) -> Iterator[tuple[Labels, float]]:
    for row, labels in rows:
        slo = row.slo
        more = {
            "team": slo["owner_team__slug"] or "",
            "severity": slo["severity"],
            "contract": slo["contract"],
            "contract_version": slo["contract_version"],
            "target": f"{slo['target_op']} {slo['target_value'].normalize():f}",
            "url": settings.BASE_URL + reverse("slos:slo", args=[slo["pk"]]),
        }
        yield {**labels, **{name: label(value) for name, value in more.items()}}, 1.0


def _alerts(rows: Rows) -> Iterator[tuple[Labels, float]]:
    for row, labels in rows:
        for rate, phase in row.alerts:
            burn = {"burn": label(rate)} if rate else {}
            yield {**labels, **burn, "state": phase.value}, 1.0


def _of_verdict(read: Callable[[Any], float | None]) -> Callable[[Metered], float | None]:
    """A number of the newest measurement, where that is a verdict of now; absent otherwise."""
    return lambda row: None if row.decided is None else read(row.decided)


def _of_ratio(read: Callable[[Any], float | None]) -> Callable[[Metered], float | None]:
    """A count of an SLO whose budget is one of events."""

    def counted(row: Metered) -> float | None:
        last = row.decided
        ratio = is_ratio(row.slo["budget_method"], row.slo["target_op"])
        return _number(read(last)) if ratio and last and last.total and last.good is not None else None

    return counted


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


GAUGES: tuple[tuple[str, str, Callable[[Metered], float | None]], ...] = (
    ("slo_value", "The newest value, in the indicator's unit; absent without data.",
     _of_verdict(lambda last: _number(last.value))),
    ("slo_on_target", "1 while the newest verdict meets the target, 0 while it does not; absent without data.",
     _of_verdict(lambda last: float(last.result is Result.OK))),
    ("slo_no_data", "1 while there is no verdict: nothing measured, too little, a probe that failed, or too old.",
     lambda row: float(row.decided is None)),
    ("slo_good_events", "Good events that the newest verdict counted; of ratio SLOs only.",
     _of_ratio(lambda last: last.good)),
    ("slo_valid_events", "Events that the newest verdict of a ratio SLO was about.",
     _of_ratio(lambda last: last.total)),
    ("slo_target", "What the value is held against, in the indicator's unit.",
     lambda row: float(row.slo["target_value"])),
    ("slo_alert_threshold", "Past this for its hold time the alert fires, in the indicator's unit.",
     lambda row: float(row.slo["alert_value"])),
    ("slo_objective_ratio", "The share of good slices, or of good events, that is promised.",
     lambda row: float(row.slo["objective"])),
    ("slo_error_budget_remaining_ratio", "The share of the error budget that is left; below 0 it is overdrawn.",
     lambda row: _number(row.slo["budget_left"])),
    ("slo_interval_seconds", "Seconds from one probe to the next.",
     lambda row: row.slo["interval"].total_seconds()),
    ("slo_last_evaluation_timestamp_seconds", "When it was last measured, whatever came of it.",
     lambda row: row.last.at.timestamp() if row.last else None),
    ("slo_probe_cost_seconds", "How long the newest probe took.",
     lambda row: row.last.cost_ms / 1000 if row.last else None),
)  # fmt: skip
