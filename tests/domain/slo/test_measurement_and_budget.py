"""Judging a reading, percentages that do not flatter, budgets, and the key of an alert."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_app.domain.bounds import Bound
from slo_app.domain.budget import Budget, BurnAlert, BurnAlertError, check, fires
from slo_app.domain.dedup import dedup_key
from slo_app.domain.measurement import Reading, Result, judge, percentage, shown
from slo_app.domain.response import spread

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT_LEAST, BELOW = Bound(">=", Decimal("99.9")), Bound("<", Decimal("99.7"))


@pytest.mark.parametrize(
    ("good", "result", "alerting"),
    [
        (1000, Result.OK, False),
        (999, Result.OK, False),
        (998, Result.BREACH, False),
        (996, Result.BREACH, True),
    ],
)
def test_accuracy_has_a_dead_band_between_target_and_alert(good, result, alerting):
    verdict = judge(Reading(NOON, percentage(good, 1000)), AT_LEAST, BELOW)
    assert (verdict.result, verdict.alerting, verdict.deciding) == (result, alerting, True)


@pytest.mark.parametrize("result", [Result.NO_DATA, Result.INSUFFICIENT, Result.PROBE_ERROR])
def test_what_is_no_verdict_never_alerts_and_never_decides(result):
    verdict = judge(Reading(NOON, result=result), AT_LEAST, BELOW)
    assert (verdict.result, verdict.alerting, verdict.deciding) == (result, False, False)


def test_a_breach_without_a_number_alerts():
    assert judge(Reading(NOON, result=Result.BREACH), AT_LEAST, BELOW).alerting


def test_a_reading_without_value_or_result_is_a_mistake():
    with pytest.raises(ValueError, match="must say its result"):
        judge(Reading(NOON), AT_LEAST, BELOW)


@given(st.integers(1, 10**12), st.integers(1, 10**9))
def test_a_failing_row_never_reads_as_one_hundred_percent(total, bad):
    assert shown(percentage(max(total - bad, 0), total)) != "100"


@pytest.mark.parametrize(("good", "total"), [(1, 0), (2, 1), (-1, 3)])
def test_shares_that_are_none_are_refused(good, total):
    with pytest.raises(ValueError, match="is not a share"):
        percentage(good, total)


def test_bounds_refuse_what_is_no_comparison_or_no_number():
    with pytest.raises(ValueError, match="not known"):
        Bound("==", Decimal(1))
    with pytest.raises(ValueError, match="finite"):
        Bound("<", Decimal("NaN"))


@pytest.mark.parametrize(
    ("target", "alert", "factor"), [("0.995", "0.990", 2), ("0.999", "0.997", 3), ("0.98", "0.96", 2)]
)
def test_the_ratio_rows_of_the_catalog_are_burn_rates_two_three_and_two(target, alert, factor):
    bad = int((1 - Decimal(alert)) * 10_000)
    assert Budget(Decimal(target), bad=bad, total=10_000).burn_rate == factor


def test_nothing_counted_is_no_burn_rate_and_nothing_bad_is_zero():
    assert Budget(Decimal("0.99"), bad=0, total=0).burn_rate is None
    assert Budget(Decimal("0.99"), bad=0, total=10).burn_rate == 0


@pytest.mark.parametrize(("objective", "bad", "total"), [("1", 0, 1), ("0", 0, 1), ("0.9", 2, 1)])
def test_budgets_that_cannot_be_are_refused(objective, bad, total):
    with pytest.raises(ValueError, match=r"objective|share"):
        Budget(Decimal(objective), bad=bad, total=total)


PAGE = BurnAlert(Decimal("14.4"), timedelta(hours=1), timedelta(minutes=5))


def test_a_factor_that_can_never_be_reached_is_refused():
    check(PAGE, Decimal("0.99"), timedelta(minutes=1))
    with pytest.raises(BurnAlertError, match=r"never exceeds 10, so a factor of 14\.4 can never fire"):
        check(PAGE, Decimal("0.9"), timedelta(minutes=1))


def test_a_window_under_three_intervals_is_refused():
    with pytest.raises(BurnAlertError, match="fewer than 3 samples"):
        check(PAGE, Decimal("0.99"), timedelta(minutes=2))


def test_a_burn_alert_needs_both_windows_and_samples():
    hot, cold = Budget(Decimal("0.99"), 20, 100), Budget(Decimal("0.99"), 1, 100)
    assert fires(PAGE, hot, hot)
    assert not fires(PAGE, hot, cold)
    assert not fires(PAGE, cold, hot)
    assert not fires(PAGE, hot, Budget(Decimal("0.99"), 0, 0))


def test_the_key_tells_slos_and_labels_apart():
    keys = {dedup_key(1, {}), dedup_key(2, {}), dedup_key(1, {"a": "b"}), dedup_key(1, {"a": "b", "c": "d"})}
    assert len(keys) == 4
    assert all(len(key) == 64 for key in keys)


def test_times_are_spread_by_median_and_p90_and_none_is_none():
    assert spread([]) is None
    two = spread([timedelta(minutes=2), timedelta(minutes=4)])
    assert two is not None
    assert (two.median, two.p90) == (timedelta(minutes=3), timedelta(minutes=4))
