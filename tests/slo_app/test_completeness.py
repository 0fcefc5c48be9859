"""Completeness on PostgreSQL and on Parquet: each of the four places that say what complete means, and their traps."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.connectors import registry as connectors
from portal.core.connectors.base import Measurable
from slo_app.domain.measurement import Result
from slo_app.domain.windows import Judged, Window
from slo_app.indicators import registry
from slo_app.indicators.base import CannotMeasure, RuleSet, Terms

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


class Windows:
    """Windows of an hour, with an allowance that puts "now" in the middle of one: a test never straddles two."""

    def __init__(self):
        self.now = datetime.now(UTC)
        self.end = self.now.replace(minute=0, second=0, microsecond=0) - HOUR
        self.lateness = f"{int((self.now - self.end).total_seconds()) - 1800}s"

    def ago(self, hours=0, minutes=30, weeks=0):
        """Minutes between now and a moment in the newest window, or `hours` and `weeks` before it."""
        at = self.end - HOUR + timedelta(minutes=minutes) - hours * HOUR - weeks * WEEK
        return (self.now - at).total_seconds() / 60

    def window(self, hours=0, weeks=0):
        end = self.end - hours * HOUR - weeks * WEEK
        return Window(end - HOUR, end)


@pytest.fixture
def windows():
    """Where events go."""
    return Windows()


@pytest.fixture
def other(request, postgres_server):
    """A second table in PostgreSQL."""
    from tests.slo_app.conftest import PlantedTable

    made = PlantedTable(postgres_server.plan.database_url_of("postgres"))
    yield made
    made.execute(f"DROP TABLE {made.name}")


@contextmanager
def opened(planted):
    with connectors.capable(planted.config.kind, Measurable).reader(planted.config, planted.object_name) as reader:
        yield reader


def measure(planted, expected, windows, other=None, rules=None, judged=None, **terms):
    if isinstance(expected, dict) and not expected.get("whole"):
        expected = {"lateness": windows.lateness} | expected
    facts = {"element": "event_ts", "settings": {"expected": expected}, "rules": rules} | terms
    if other is not None:
        facts["other"] = lambda _key: opened(other)
    if judged is not None:
        facts["judged"] = lambda asked: {each: judged[each] for each in asked if each in judged}
    with opened(planted) as reader:
        return registry.kinds()["completeness"].measure(reader, Terms(**facts))


def rows(event, count, start=0, **where):
    return [event(start + n, **where) for n in range(count)]


def test_a_source_count_says_how_many_there_should_be_and_only_the_closed_window_counts(planted, other, event, windows):
    inside, fresh = windows.ago(), 1
    planted.fill(*rows(event, 199, minutes_ago=inside), *rows(event, 500, 1000, minutes_ago=fresh))
    other.fill(*rows(event, 200, minutes_ago=inside), *rows(event, 90, 5000, minutes_ago=fresh))
    reading = measure(planted, {"source": "tests/source"}, windows, other)
    assert (reading.good, reading.total) == (199, 200)
    assert reading.value == pytest.approx(99.5)
    assert (reading.window_start, reading.window_end) == (windows.window().start, windows.window().end)
    assert "1 of 200 are missing" in reading.reason


def test_distinct_keys_are_counted_so_that_duplicates_hide_no_loss(planted, other, event, windows):
    at = windows.ago()
    planted.fill(*rows(event, 8, minutes_ago=at), *rows(event, 4, minutes_ago=at))
    other.fill(*rows(event, 12, minutes_ago=at))
    assert measure(planted, {"source": "s"}, windows, other).value == 100
    keyed = measure(planted, {"source": "s", "key": "id"}, windows, other)
    assert (keyed.good, keyed.total, keyed.counts["repeated or without a key"]) == (8, 12, 4)
    unique = measure(planted, {"source": "s"}, windows, other, rules=RuleSet(unique=("id",)))
    assert (unique.good, unique.total) == (8, 12)
    assert "distinct id" in unique.method


def test_a_key_that_is_no_column_is_named(planted, event, windows):
    planted.fill(event(1))
    with pytest.raises(CannotMeasure, match="no column “order_no”"):
        measure(planted, {"rows": 10, "key": "order_no"}, windows)


def test_a_schedule_of_rows_a_period_covers_every_period_of_the_window(planted, event, windows):
    planted.fill(*rows(event, 57, minutes_ago=windows.ago()))
    reading = measure(planted, {"rows": 10, "per": "10 min"}, windows, window=HOUR)
    assert (reading.good, reading.total) == (57, 60)


def test_a_control_total_is_the_sum_of_what_the_batches_of_the_window_state(planted, other, event, windows):
    planted.fill(*rows(event, 9, minutes_ago=windows.ago()))
    other.fill(event(4, windows.ago(minutes=5)), event(6, windows.ago(minutes=50)), event(99, windows.ago(hours=1)))
    reading = measure(planted, {"control": "tests/control", "column": "id"}, windows, other)
    assert (reading.good, reading.total) == (9, 10)


def test_a_window_without_a_control_total_is_not_judged(planted, other, event, windows):
    planted.fill(*rows(event, 9, minutes_ago=windows.ago()))
    other.fill(event(4, windows.ago(hours=5)))
    reading = measure(planted, {"control": "tests/control", "column": "id"}, windows, other)
    assert (reading.result, reading.value) == (Result.INSUFFICIENT, None)
    assert "gives no number to expect" in reading.reason
    with pytest.raises(CannotMeasure, match="no column “nope”"):
        measure(planted, {"control": "tests/control", "column": "nope"}, windows, other)


def test_history_is_the_median_of_the_same_window_in_past_weeks(planted, event, windows):
    past = [each for week, count in ((1, 100), (2, 80), (3, 500)) for each in rows(
        event, count, week * 1000, minutes_ago=windows.ago(weeks=week))]  # fmt: skip
    planted.fill(*rows(event, 90, minutes_ago=windows.ago()), *past)
    reading = measure(planted, {"history": 3}, windows)
    assert (reading.good, reading.total) == (90, 100)


def test_history_of_one_known_week_is_too_little_and_a_known_empty_week_is_zero(planted, event, windows):
    now, before = windows.ago(), windows.ago(weeks=1)
    planted.fill(*rows(event, 9, minutes_ago=now), *rows(event, 10, 100, minutes_ago=before))
    assert measure(planted, {"history": 4}, windows).result is Result.INSUFFICIENT
    old = event(999, windows.ago(weeks=4, hours=2))
    planted.fill(*rows(event, 9, minutes_ago=now), *rows(event, 10, 100, minutes_ago=before), old)
    assert measure(planted, {"history": 4}, windows).counts["expected"] == 0


def test_history_remembers_what_was_counted_before_rows_were_erased(planted, event, windows):
    planted.fill(*rows(event, 50, minutes_ago=windows.ago()))
    judged = {windows.window(weeks=n): Judged(windows.window(weeks=n), None, 100) for n in (1, 2)}
    reading = measure(planted, {"history": 4}, windows, judged=judged)
    assert (reading.good, reading.total) == (50, 100)


def test_nothing_of_nothing_is_no_data_and_never_one_hundred_percent(planted, other, event, windows):
    planted.fill(event(1, 1))
    other.fill()
    reading = measure(planted, {"source": "s"}, windows, other)
    assert (reading.result, reading.value) == (Result.NO_DATA, None)


def test_rows_where_none_was_expected_are_capped_and_flagged(planted, other, event, windows):
    planted.fill(*rows(event, 3, minutes_ago=windows.ago()))
    other.fill()
    reading = measure(planted, {"source": "s"}, windows, other)
    assert (reading.value, reading.counts["unexpected"]) == (100, 3)
    assert "none was expected" in reading.reason


def test_more_than_expected_is_capped_and_the_surplus_is_said(planted, other, event, windows):
    planted.fill(*rows(event, 12, minutes_ago=windows.ago()))
    other.fill(*rows(event, 10, minutes_ago=windows.ago()))
    reading = measure(planted, {"source": "s"}, windows, other)
    assert (reading.value, reading.good, reading.total, reading.counts["surplus"]) == (100, 10, 10, 2)
    assert "capped at 100 %" in reading.reason


def test_rows_without_a_time_lie_in_no_window_and_are_counted_beside_it(planted, other, event, windows):
    planted.fill(*rows(event, 5, minutes_ago=windows.ago()), *rows(event, 5, 50, minutes_ago=None))
    other.fill(*rows(event, 10, minutes_ago=windows.ago()))
    reading = measure(planted, {"source": "s"}, windows, other)
    assert (reading.value, reading.counts["without a time"]) == (50, 5)


def test_earlier_windows_are_judged_again_since_the_oldest_that_was_judged(planted, event, windows):
    planted.fill(
        *rows(event, 10, minutes_ago=windows.ago()),
        *rows(event, 10, 100, minutes_ago=windows.ago(hours=1)),
        *rows(event, 7, 200, minutes_ago=windows.ago(hours=2)),
    )
    judged = {windows.window(2): Judged(windows.window(2), 10, 4)}
    reading = measure(planted, {"rows": 10}, windows, judged=judged)
    assert [(each.window, each.ingested) for each in reading.windows] == [
        (windows.window(2), 7), (windows.window(1), 10), (windows.window(), 10),
    ]  # fmt: skip
    assert measure(planted, {"rows": 10}, windows).windows == (Judged(windows.window(), 10, 10),)


def test_whole_datasets_are_compared_where_there_are_no_windows(planted, other, event, windows):
    planted.fill(*rows(event, 9))
    other.fill(*rows(event, 10))
    reading = measure(planted, {"source": "s", "key": "id", "whole": True}, windows, other, element="")
    assert (reading.good, reading.total, reading.windows) == (9, 10, ())


def test_a_time_without_zone_is_read_as_utc(naive_table, event, windows):
    naive_table.fill(*rows(event, 10, minutes_ago=windows.ago()))
    assert measure(naive_table, {"rows": 10}, windows).value == 100


@pytest.mark.parametrize(
    ("element", "settings", "sentence"),
    [
        ("event_ts", {}, "Nothing says what complete means"),
        ("event_ts", {"expected": {"source": "a", "history": 4}}, "exactly one of"),
        ("event_ts", {"expected": {"sauce": "a"}}, "no key `sauce`"),
        ("event_ts", {"expected": "  "}, "is empty"),
        ("", {"expected": 100}, "No event-time column"),
    ],
)
def test_what_the_definition_lacks_is_said_and_is_refused(planted, event, windows, element, settings, sentence):
    planted.fill(event(1))
    assert sentence in registry.kinds()["completeness"].lacks(element, settings)
    with pytest.raises(CannotMeasure, match=sentence.replace("`", ".")), opened(planted) as reader:
        registry.kinds()["completeness"].measure(reader, Terms(element=element, settings=settings))
