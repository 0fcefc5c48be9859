"""When a system lets purges run that stop its readers: weekly windows, their zones, and clocks that change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy_app.domain.windows import WindowRefused, is_open, opens_at, parse

WEEKEND = parse("sat,sun 01:00-05:00 Europe/Berlin")
NIGHT = parse("fri 22:30-02:00 UTC")
moments = st.integers(0, 2 * 366 * 24 * 60).map(lambda each: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=each))


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_system_without_a_window_may_be_purged_at_any_time():
    at = utc("2026-11-23T12:00")
    assert parse("  ") == ()
    assert is_open((), at)
    assert opens_at((), at) == at


def test_a_window_is_meant_in_its_own_zone():
    assert is_open(WEEKEND, utc("2026-11-28T00:00"))  # 01:00 in Berlin
    assert not is_open(WEEKEND, utc("2026-11-28T04:00"))  # 05:00: its end is no longer in it
    assert opens_at(WEEKEND, utc("2026-11-23T12:00")) == utc("2026-11-28T00:00")


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins():
    assert is_open(NIGHT, utc("2026-11-28T01:59"))  # a Saturday
    assert not is_open(NIGHT, utc("2026-11-27T01:00"))
    assert opens_at(NIGHT, utc("2026-11-28T02:00")) == utc("2026-12-04T22:30")


def test_when_clocks_change_a_window_keeps_its_wall_clock_times():
    assert opens_at(WEEKEND, utc("2026-10-24T10:00")) == utc("2026-10-24T23:00")  # summer time still: UTC+2
    assert is_open(WEEKEND, utc("2026-10-25T03:59"))  # the clocks went back at 01:00 UTC: five hours long
    assert is_open(WEEKEND, utc("2027-03-28T02:59"))
    assert not is_open(WEEKEND, utc("2027-03-28T03:00"))  # the clocks went forward: three hours long


def test_a_window_inside_the_hour_that_does_not_exist_still_comes():
    gap = parse("sun 02:10-02:40 Europe/Berlin")
    opening = opens_at(gap, utc("2027-03-28T00:30"))
    assert opening == utc("2027-03-28T01:10")
    assert is_open(gap, opening + timedelta(minutes=29))


def test_days_may_be_a_range_over_the_end_of_the_week():
    (window,) = parse("sat-mon 01:00-02:00 UTC")
    assert window.days == {5, 6, 0}


@pytest.mark.parametrize(
    "text",
    [
        "always",
        "sat 25:00-26:00 UTC",
        "sat 01:00-02:00 Europe/Nowhere",
        "caturday 01:00-02:00 UTC",
        "sat 1-2 UTC",
        "sat 01:00-01:00 UTC",
        "sat 01:00-02:00",
        "sat 01:00-02:00 ../../etc/passwd",
        "fri- 01:00-02:00 +1",
    ],
)
def test_a_window_that_cannot_be_read_is_refused_with_how_to_write_one(text):
    with pytest.raises(WindowRefused) as refused:
        parse(text)
    assert "sat,sun 01:00-05:00 Europe/Berlin" in str(refused.value)


@given(moments, st.sampled_from([WEEKEND, NIGHT, WEEKEND + NIGHT, parse("daily 23:00-22:59 Asia/Kolkata")]))
def test_the_next_opening_is_open_and_nothing_before_it_is(at, windows):
    opening = opens_at(windows, at)
    assert is_open(windows, opening)
    assert at <= opening <= at + timedelta(days=8)
    if opening > at:
        between = [at + (opening - at) * share / 7 for share in range(7)]
        assert not any(is_open(windows, each) for each in between)
