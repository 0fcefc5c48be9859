"""One step of an alert: row locked, pure machine asked, what follows done; thresholds and budget burns alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..domain import alert as machine
from ..domain.bounds import plain
from ..domain.dedup import dedup_key
from ..domain.durations import words
from ..models import Alert, Measurement, Slo
from .consequences import Context, follow, with_unit


@dataclass(frozen=True, slots=True)
class Watch:
    """What an alert watches of an SLO: its times, how loud it is, the limit in words, and labels of its own."""

    rule: machine.AlertRule
    severity: str
    limit: str
    labels: Mapping[str, str] = field(default_factory=dict)


def threshold_watch(slo: Slo) -> Watch:
    """The watch of the SLO's alert threshold."""
    bound = with_unit(slo, f"{slo.alert_op} {plain(slo.alert_value)}")
    return Watch(slo.rule, slo.severity, f"alert {bound} for {words(slo.hold)}")


def alert_of(slo: Slo, labels: Mapping[str, str] | None = None) -> Alert:
    """The SLO's alert of these labels, locked; made where there is none yet."""
    every = labels_of(slo) | dict(labels or {})
    key = dedup_key(slo.pk, every)
    defaults = {"slo": slo, "labels": every, "burn": every.get("burn", ""), "watched_since": slo.created_at}
    Alert.objects.get_or_create(dedup_key=key, defaults=defaults)
    return Alert.objects.select_for_update().get(dedup_key=key)


def labels_of(slo: Slo) -> dict[str, str]:
    """What an SLO's alerts are known by, to people, silences and other tools."""
    return {"asset": slo.asset.key, "kind": slo.kind, "slo": slo.name}


def advance(
    *,
    slo: Slo,
    watch: Watch,
    at: datetime,
    sample: machine.Sample | None,
    seen: str = "",
    measurement: Measurement | None = None,
) -> machine.AlertState:
    """Step the alert by a sample, or, without one, by the passing of time; the caller holds the SLO's row lock.

    `seen` says what was read where that is not the measurement's value. Returns the state after the step.
    """
    alert = alert_of(slo, watch.labels)
    state, expired = machine.expire(alert.state, at)
    if sample is None:
        state, events = machine.elapse(state, watch.rule, at)
    else:
        state, events = machine.observe(state, watch.rule, sample)
    if state != alert.state:
        alert.take(state)
    follow(expired + events, Context(slo, alert, measurement, at, watch.severity, watch.limit, seen))
    return state
