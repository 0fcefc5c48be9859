"""OpenSLO v1: an SLO as Service, SLI, SLO, alert policies with one condition each, and notification targets.

What the specification cannot say is in annotations under our own prefix: the owner, the runbook, the threshold alert
(it knows burn rates only), the exact seconds of an interval. Source: README of the specification, v1, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..bounds import plain
from . import promql
from .naming import dns_name, shorthand
from .promise import BurnCondition, Promise

VERSION = "openslo/v1"
PREFIX = "custody.localhost"  # our own; `openslo.com/` is the specification's
SOURCE = "custody-metrics"
LONGEST_DESCRIPTION = 1050
OPERATORS = {"<=": "lte", "<": "lt", ">=": "gte", ">": "gt"}
Object = dict[str, Any]


def documents(promises: Iterable[Promise], metrics_url: str) -> Iterator[Object]:
    """Every object, each once: the source first, then what each SLO needs before the SLO that names it."""
    yield _object("DataSource", SOURCE, "Custody", {"type": "Prometheus", "connectionDetails": {"url": metrics_url}})
    known: set[tuple[str, str]] = set()
    for promise in promises:
        for each in _of(promise):
            key = (each["kind"], each["metadata"]["name"])
            if key not in known:
                known.add(key)
                yield each


def _of(promise: Promise) -> Iterator[Object]:
    yield _object("Service", service_name(promise), promise.asset, {"description": _short(f"Asset {promise.asset}.")})
    yield from (_target(promise, channel) for channel in promise.channels)
    yield _object("SLI", slo_name(promise), promise.title, _indicator(promise))
    policies = list(_policies(promise))
    for condition, policy in policies:
        yield condition
        yield policy
    yield _slo(promise, [policy["metadata"]["name"] for _, policy in policies])


def slo_name(promise: Promise) -> str:
    """Unique by the SLO's number, and the same in every export."""
    return dns_name(f"{promise.asset} {promise.name or promise.kind}", str(promise.pk))


def service_name(promise: Promise) -> str:
    """Unique by the asset's number."""
    return dns_name(promise.asset, str(promise.asset_pk))


def _object(kind: str, name: str, title: str, spec: Object, **metadata: Object) -> Object:
    return {
        "apiVersion": VERSION,
        "kind": kind,
        "metadata": {"name": name, "displayName": title, **metadata},
        "spec": spec,
    }


def _indicator(promise: Promise) -> Object:
    said = {"description": _short(f"{promise.sli}, in {promise.unit}." if promise.unit else f"{promise.sli}.")}
    if promise.ratio:
        good, valid = (promql.series(f"slo_{which}_events", promise) for which in ("good", "valid"))
        return said | {"ratioMetric": {"counter": False, "good": _metric(good), "total": _metric(valid)}}
    return said | {"thresholdMetric": _metric(promql.series("slo_value", promise))}


def _metric(query: str) -> Object:
    return {"metricSource": {"metricSourceRef": SOURCE, "type": "Prometheus", "spec": {"query": query}}}


def _slo(promise: Promise, policies: list[str]) -> Object:
    spec = {
        "description": _short(f"{promise.title}: {promise.target} {promise.unit}".strip() + "."),
        "service": service_name(promise),
        "indicatorRef": slo_name(promise),
        "timeWindow": [{"duration": f"{promise.budget_days}d", "isRolling": True}],
        "budgetingMethod": "Occurrences" if promise.ratio else "Timeslices",
        "objectives": [_objective(promise)],
        "alertPolicies": [{"alertPolicyRef": name} for name in policies],
    }
    labels = {"kind": promise.kind} | ({"team": promise.team} if promise.team else {})
    return _object("SLO", slo_name(promise), promise.title, spec, labels=labels, annotations=notes(promise))


def _objective(promise: Promise) -> Object:
    said = {"displayName": f"{promise.target} {promise.unit}".strip(), "target": float(promise.objective)}
    if promise.ratio:
        return said
    return said | {
        "op": OPERATORS[promise.target.op],
        "value": float(promise.target.value),
        "timeSliceTarget": 1.0,
        "timeSliceWindow": shorthand(promise.interval),
    }


def _policies(promise: Promise) -> Iterator[tuple[Object, Object]]:
    """(condition, policy) pairs: a policy holds exactly one condition."""
    if promise.ratio and promise.alert.value < 100:  # an alert at 100 % is no burn rate
        lookback = shorthand(max(promise.window or promise.interval, promise.interval))
        threshold = float((1 - promise.alert.value / 100) / (1 - promise.objective))
        said = f"{promise.title} is {promise.alert} {promise.unit}, which is a burn rate of {threshold:g}."
        yield _policy(promise, "alert", said, promise.severity, threshold, lookback, shorthand(promise.hold))
    for burn in promise.burns:
        yield _burn(promise, burn)


def _burn(promise: Promise, burn: BurnCondition) -> tuple[Object, Object]:
    factor, long = plain(burn.factor), shorthand(burn.long)
    said = f"The budget burns {factor} times as fast as it may over {long}, and over {shorthand(burn.short)}."
    condition, policy = _policy(promise, f"burn-{long}", said, burn.severity, float(burn.factor), long, "0m")
    condition["metadata"]["annotations"] = {f"{PREFIX}/short-window": shorthand(burn.short)}
    return condition, policy


def _policy(
    promise: Promise, which: str, said: str, severity: str, threshold: float, lookback: str, after: str
) -> tuple[Object, Object]:
    name, title = dns_name(f"{promise.asset} {promise.name or promise.kind}", f"{promise.pk}-{which}"), promise.title
    burnrate = {
        "kind": "burnrate",
        "op": "gte",  # the specification's own example says lte where it means "exceeds"
        "threshold": round(threshold, 6),
        "lookbackWindow": lookback,
        "alertAfter": after,
    }
    condition = {"description": _short(said), "severity": severity, "condition": burnrate}
    policy = {
        "description": _short(said),
        "alertWhenBreaching": True,
        "alertWhenResolved": True,
        "alertWhenNoData": True,
        "conditions": [{"conditionRef": name}],
        "notificationTargets": [{"targetRef": target_name(promise, channel)} for channel in promise.channels],
    }
    return _object("AlertCondition", name, title, condition), _object("AlertPolicy", name, title, policy)


def target_name(promise: Promise, channel: str) -> str:
    """One target for each channel of a team; addresses are people's, and stay in the portal."""
    return dns_name(promise.team or "nobody", channel.replace("_", "-"))


def _target(promise: Promise, channel: str) -> Object:
    said = f"Whoever is on call for {promise.team_name or 'no team'}, as the rotation in the portal says."
    title = f"{promise.team_name or 'Nobody'} by {channel.replace('_', ' ')}"
    return _object(
        "AlertNotificationTarget",
        target_name(promise, channel),
        title,
        {"target": channel, "description": _short(said)},
    )


def notes(promise: Promise) -> dict[str, str]:
    """What OpenSLO has no field for, as text; what there is none of is left out."""
    window = "" if promise.window is None else str(int(promise.window.total_seconds()))
    said = {
        "owner": promise.owner,
        "runbook": promise.runbook_url,
        "page": promise.url,
        "contract": promise.contract,
        "contract-version": promise.contract_version,
        "unit": promise.unit,
        "severity": promise.severity,
        "target": f"{promise.target.op} {plain(promise.target.value)}",
        "alert": f"{promise.alert.op} {plain(promise.alert.value)}",
        "alert-for-seconds": str(int(promise.hold.total_seconds())),
        "clear-for-seconds": str(int(promise.clear_for.total_seconds())),
        "interval-seconds": str(int(promise.interval.total_seconds())),
        "window-seconds": window,
        "element": promise.element,
    }
    return {f"{PREFIX}/{name}": value for name, value in said.items() if value}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_DESCRIPTION else text[: LONGEST_DESCRIPTION - 1] + "…"
