"""Burn alerts: which an SLO has, and stepping them after each verdict, beside the alert on its threshold."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ..domain import burn
from ..domain.alert import OPEN, AlertRule, AlertState, Phase, Sample
from ..domain.bounds import plain
from ..domain.durations import words
from ..models import Alert, BurnAlert, Measurement, Slo
from ..selectors.budgets import window_of
from .alerts import Watch, advance

AT_ONCE = 0 * burn.HOUR  # the long window is what makes a burn significant; it need not hold on top of that


def arm(slo: Slo) -> None:
    """Give the SLO the standard burn alerts that fit its objective and interval, and take away those that do not."""
    wanted = {alert.factor: (alert, severity) for alert, severity in burn.standard(slo.objective, slo.interval)}
    BurnAlert.objects.filter(slo=slo).exclude(factor__in=list(wanted)).delete()
    for factor, (alert, severity) in wanted.items():
        times = {"long": alert.long, "short": alert.short, "severity": severity}
        BurnAlert.objects.update_or_create(slo=slo, factor=factor, defaults=times)


def watch_burns(slo: Slo, measurement: Measurement, at: datetime, threshold: AlertState) -> None:
    """Step each burn alert of the SLO; the caller holds its row and has counted the measurement.

    What the threshold alert tells already is not told again: a burn alert is not opened while that one is pending or
    open, nor before its short window has passed since. Where nothing was bad in the longest window, nothing burns.
    """
    watched = list(slo.burn_alerts.all())
    under_way = set(
        Alert.objects.filter(slo=slo, phase__in=[Phase.PENDING, *OPEN]).exclude(burn="").values_list("burn", flat=True)
    )
    if not watched or (not under_way and not _spent_anything(slo, watched, at)):
        return
    for each in watched:
        if label_of(each) in under_way or not _told(each, threshold, at):
            _step(slo, each, measurement, at)


def label_of(each: BurnAlert) -> str:
    """What its alert is labelled with.

    >>> label_of(BurnAlert(factor=Decimal("6.00")))
    '6'
    """
    return plain(each.factor)


def _spent_anything(slo: Slo, watched: list[BurnAlert], at: datetime) -> bool:
    return window_of(slo, at, max(each.long for each in watched)).budget.bad > 0


def _told(each: BurnAlert, threshold: AlertState, at: datetime) -> bool:
    """Whether the threshold alert is telling of it, or did so within the short window."""
    if threshold.phase in {Phase.PENDING, *OPEN}:
        return True
    return threshold.resolved_at is not None and at - threshold.resolved_at <= each.short


def _step(slo: Slo, each: BurnAlert, measurement: Measurement, at: datetime) -> None:
    long, short = window_of(slo, at, each.long), window_of(slo, at, each.short)
    alerting = burn.burning(each.alert, long, short, slo.interval)
    rate = long.budget.burn_rate
    advance(
        slo=slo,
        watch=Watch(
            AlertRule(slo.interval, hold=AT_ONCE, clear_for=each.short),
            each.severity,
            f"burn rate {label_of(each)} over {words(each.long)} and {words(each.short)}",
            {"burn": label_of(each)},
        ),
        at=at,
        sample=Sample(at, alerting=alerting, on_target=not alerting),
        seen=f"burn rate {plain(round(rate or Decimal(0), 1))} over {words(each.long)}",
        measurement=measurement,
    )
