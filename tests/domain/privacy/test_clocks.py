"""The clocks: calendar months, business days, pauses that count once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from privacy_app.domain.clocks import (
    Law,
    Pause,
    acknowledge_due,
    add_months,
    paused_for,
    slo_clock,
    statutory_clock,
    statutory_due,
)

START = datetime(2026, 11, 20, 18, 22, 10, tzinfo=UTC)


def test_a_gdpr_month_ends_on_the_same_date_or_on_the_last_day_of_a_shorter_month():
    assert statutory_due(START, Law.GDPR) == datetime(2026, 12, 20, 18, 22, 10, tzinfo=UTC)
    assert add_months(datetime(2028, 1, 31, tzinfo=UTC), 1) == datetime(2028, 2, 29, tzinfo=UTC)
    assert statutory_due(START, Law.GDPR, extended=True) == datetime(2027, 2, 20, 18, 22, 10, tzinfo=UTC)


def test_ccpa_gives_45_days_and_45_more_and_wants_a_receipt_in_ten_business_days():
    assert statutory_due(START, Law.CCPA) - START == timedelta(days=45)
    assert statutory_due(START, Law.CCPA, extended=True) - START == timedelta(days=90)
    assert acknowledge_due(START, Law.CCPA) == START + timedelta(days=14)


def test_a_pause_is_left_out_of_the_net_figure_and_never_moves_the_deadline():
    now = START + timedelta(hours=30)
    pauses = [Pause(START + timedelta(hours=2), START + timedelta(hours=12))]
    clock = slo_clock(START, now, pauses)
    assert (clock.gross, clock.net) == (timedelta(hours=30), timedelta(hours=20))
    assert clock.left(now) == timedelta(hours=42)
    assert statutory_clock(START, now, Law.GDPR, pauses).net == timedelta(hours=20)


def test_overlapping_and_open_pauses_count_once():
    now = START + timedelta(hours=10)
    pauses = [
        Pause(START + timedelta(hours=1), START + timedelta(hours=5)),
        Pause(START + timedelta(hours=3), START + timedelta(hours=6)),
        Pause(START + timedelta(hours=8)),
    ]
    assert paused_for(pauses, START, now) == timedelta(hours=7)


hours = st.integers(0, 100)


@given(st.lists(st.tuples(hours, hours)), hours)
def test_net_time_is_never_negative_and_never_more_than_gross(spans, elapsed):
    pauses = [Pause(START + timedelta(hours=a), START + timedelta(hours=a + b)) for a, b in spans]
    clock = slo_clock(START, START + timedelta(hours=elapsed), pauses)
    assert timedelta(0) <= clock.net <= clock.gross
