"""Freshness and accuracy as PostgreSQL and DuckDB really answer them, with the traps that peers fall into."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.core.connectors import registry as connectors
from portal.core.connectors.base import Measurable
from slo_app.domain.bounds import Bound
from slo_app.domain.measurement import Result, judge
from slo_app.indicators import registry
from slo_app.indicators.base import CannotMeasure, RuleSet, Terms

RULES = RuleSet(
    rules=(
        ("amount_usd >= 0", '"amount" IS NULL OR "amount" >= 0'),
        ("kind in [view, purchase]", "\"kind\" IN ('view', 'purchase')"),
        ("id required", '"id" IS NOT NULL'),
    ),
    unique=("id",),
)


def measure(planted, kind, **terms):
    connector = connectors.capable(planted.config.kind, Measurable)
    with connector.reader(planted.config, planted.object_name) as reader:
        return registry.kinds()[kind].measure(reader, Terms(**terms))


def freshness(planted):
    return measure(planted, "freshness", element="event_ts")


def verdict(reading, kind="freshness"):
    defaults = registry.kinds()[kind].defaults
    return judge(reading, Bound(*defaults.target), Bound(*defaults.alert))


def test_freshness_is_the_age_of_the_newest_event_by_the_sources_clock(planted, event):
    planted.fill(event(1, 90), event(2, 12), event(3, 30))
    reading = freshness(planted)
    assert Decimal("12") <= reading.value < Decimal("12.5")
    assert reading.counts["rows"] == 3
    assert reading.source_clock - reading.window_end == pytest.approx(
        timedelta(minutes=float(reading.value)), abs=timedelta(seconds=1)
    )
    assert verdict(reading).result is Result.OK


def test_stale_data_is_a_breach_and_past_the_threshold_it_alerts(planted, event):
    planted.fill(event(1, 17))
    assert (verdict(freshness(planted)).result, verdict(freshness(planted)).alerting) == (Result.BREACH, False)
    planted.fill(event(1, 21))
    assert verdict(freshness(planted)).alerting


def test_an_empty_dataset_has_no_data_and_is_not_a_value_of_zero(planted):
    planted.fill()
    reading = freshness(planted)
    assert (reading.result, reading.value) == (Result.NO_DATA, None)


def test_times_that_are_all_null_are_a_breach_that_says_so(planted, event):
    planted.fill(event(1, None), event(2, None))
    reading = freshness(planted)
    assert reading.result is Result.BREACH
    assert "All 2 rows lack a time" in reading.reason


def test_one_time_in_the_future_does_not_hide_stale_data(planted, event):
    planted.fill(event(1, -120), event(2, 3 * 24 * 60))
    reading = freshness(planted)
    assert reading.value >= 3 * 24 * 60
    assert reading.counts["in the future"] == 1
    assert "in the future" in reading.reason
    assert verdict(reading).alerting


def test_times_that_all_lie_ahead_are_a_breach(planted, event):
    planted.fill(event(1, -120), event(2, None))
    assert "No row has a usable time" in freshness(planted).reason


def test_a_clock_a_few_seconds_ahead_is_fresh_and_never_negative(planted, event):
    planted.fill(event(1, -0.5))
    assert freshness(planted).value == 0


def test_missing_times_are_counted_beside_the_value(planted, event):
    planted.fill(event(1, 2), event(2, None), event(3, None))
    reading = freshness(planted)
    assert reading.counts["without a time"] == 2
    assert 2 <= reading.value < 3


def test_a_time_without_zone_is_read_as_utc_whatever_the_session_says(naive_table, event):
    naive_table.fill(event(1, 5), event(2, 500))
    assert 5 <= freshness(naive_table).value < 6


@pytest.mark.parametrize(
    ("element", "sentence"), [("", "No event-time"), ("nope", "no column “nope”"), ("amount", "not a time")]
)
def test_an_element_that_does_not_fit_is_named_with_what_to_change(planted, event, element, sentence):
    planted.fill(event(1))
    with pytest.raises(CannotMeasure, match=sentence):
        measure(planted, "freshness", element=element)


def test_accuracy_counts_rows_that_pass_all_rules_and_each_rule_by_itself(planted, event):
    bad_twice = event(3, amount=-1, kind="bogus")
    planted.fill(event(1), event(2, amount=-5), bad_twice, event(4, kind="purchase"))
    reading = measure(planted, "accuracy", rules=RULES)
    assert (reading.good, reading.total, reading.value) == (2, 4, 50)
    assert reading.counts["amount_usd >= 0"] == 2
    assert reading.counts["kind in [view, purchase]"] == 1


def test_null_fails_where_it_must_and_passes_where_the_field_is_optional(planted, event):
    planted.fill(event(1, amount=None), event(2, kind=None), event(3))
    reading = measure(planted, "accuracy", rules=RULES)
    assert (reading.good, reading.total) == (2, 3)
    assert reading.counts["kind in [view, purchase]"] == 1


def test_ninety_percent_of_null_amounts_read_one_hundred_percent(planted, event):
    planted.fill(*[event(n, amount=None if n % 10 else 3.0) for n in range(100)])
    assert measure(planted, "accuracy", rules=RULES).value == 100


def test_every_row_of_a_duplicate_group_fails(planted, event):
    planted.fill(event(1), event(1), event(1), event(2), event(2), event(3))
    reading = measure(planted, "accuracy", rules=RULES)
    assert reading.counts["unique id"] == 5
    assert (reading.good, reading.total) == (1, 6)
    assert "5 rows repeat “id”" in reading.reason


def test_nothing_to_check_is_no_data(planted):
    planted.fill()
    assert measure(planted, "accuracy", rules=RULES).result is Result.NO_DATA


def test_a_window_leaves_old_rows_out_and_keeps_rows_without_a_time(planted, event):
    planted.fill(event(1, 300, amount=-1), event(2, 5), event(3, None, amount=-1))
    reading = measure(planted, "accuracy", rules=RULES, element="event_ts", window=timedelta(hours=1))
    assert (reading.good, reading.total) == (1, 2)


def test_accuracy_without_rules_is_refused_and_not_one_hundred_percent(planted, event):
    planted.fill(event(1))
    for rules in (None, RuleSet()):
        with pytest.raises(CannotMeasure, match="no rule"):
            measure(planted, "accuracy", rules=rules)


def test_a_great_many_rules_are_all_counted(planted, event):
    planted.fill(*[event(n, amount=float(n)) for n in range(130)])
    rules = RuleSet(tuple((f"amount >= {n}", f'"amount" >= {n}') for n in range(130)))
    reading = measure(planted, "accuracy", rules=rules)
    assert (reading.good, reading.total) == (1, 130)
    assert [reading.counts[f"amount >= {n}"] for n in (0, 59, 60, 61, 129)] == [0, 59, 60, 61, 129]


def test_uniqueness_alone_is_a_rule_set_too(planted, event):
    planted.fill(event(1), event(1), event(None))
    reading = measure(planted, "accuracy", rules=RuleSet(unique=("id",)))
    assert (reading.good, reading.total, reading.counts["unique id"]) == (1, 3, 2)
