"""The watch as rules over times: what is missing, what is stuck, what keeps failing, and the rhythm of a job."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_app.domain.watch import (
    EARLY,
    Gap,
    Schedule,
    failures_in_a_row,
    is_missing,
    is_stuck,
    next_period,
    period_due,
    rhythm,
)

AT = datetime(2026, 3, 10, 6, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
HOURLY = Schedule(every=HOUR, grace=15 * MINUTE)
DAILY = Schedule(at=time(6), grace=30 * MINUTE)


def missing(schedule: Schedule, last: datetime, until: datetime, *gaps: Gap) -> bool:
    return is_missing(period_due(schedule, last, gaps), until)


def test_an_hourly_run_is_missing_once_its_hour_and_its_grace_are_over() -> None:
    assert not missing(HOURLY, AT, AT + 75 * MINUTE)
    assert missing(HOURLY, AT, AT + 76 * MINUTE)


def test_a_daily_run_is_expected_at_its_hour_and_one_a_little_early_counts_for_it() -> None:
    assert next_period(DAILY, AT - DAY).wanted == AT
    assert next_period(DAILY, AT - 20 * MINUTE).wanted == AT + DAY
    assert next_period(DAILY, AT - 2 * HOUR).wanted == AT
    assert missing(DAILY, AT - DAY, AT + 31 * MINUTE)
    assert not missing(DAILY, AT - DAY, AT + 30 * MINUTE)


def test_a_daily_hour_follows_the_clocks_of_its_zone_over_the_change_to_summer_time() -> None:
    berlin = Schedule(at=time(6), zone="Europe/Berlin")
    assert next_period(berlin, datetime(2026, 3, 27, 5, 30, tzinfo=UTC)).wanted == datetime(2026, 3, 28, 5, tzinfo=UTC)
    assert next_period(berlin, datetime(2026, 3, 28, 5, 30, tzinfo=UTC)).wanted == datetime(2026, 3, 29, 4, tzinfo=UTC)


@pytest.mark.parametrize("at", [time(2, 30), time(3), time(0)])
def test_an_hour_that_the_clocks_skip_or_show_twice_comes_once_a_day(at: time) -> None:
    schedule, moment = Schedule(at=at, zone="Europe/Berlin"), datetime(2026, 3, 25, tzinfo=UTC)
    for first in (datetime(2026, 3, 25, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC)):
        moment, days = next_period(schedule, first).wanted, []
        for _ in range(6):
            later = next_period(schedule, moment).wanted
            days.append(later - moment)
            moment = later
        assert all(22 * HOUR <= day <= 26 * HOUR for day in days), days


def test_a_schedule_that_says_neither_how_often_nor_when_is_refused() -> None:
    with pytest.raises(ValueError, match="every how long"):
        next_period(Schedule(), AT)


def test_a_run_that_may_have_been_told_while_nobody_listened_is_not_called_missing() -> None:
    gap = Gap(AT + 50 * MINUTE, AT + 70 * MINUTE)
    assert missing(HOURLY, AT, AT + 80 * MINUTE)
    assert not missing(HOURLY, AT, AT + 80 * MINUTE, gap)
    assert missing(HOURLY, AT, AT + 70 * MINUTE + 76 * MINUTE, gap)


def test_a_gap_before_the_run_was_wanted_excuses_nothing() -> None:
    assert missing(DAILY, AT - DAY, AT + 31 * MINUTE, Gap(AT - 2 * HOUR, AT - HOUR))
    assert missing(HOURLY, AT, AT + 76 * MINUTE, Gap(AT + 5 * MINUTE, AT + 30 * MINUTE))


def test_a_daily_run_is_still_watched_the_day_after_a_gap() -> None:
    gap = Gap(AT - 10 * MINUTE, AT + 10 * MINUTE)
    assert not missing(DAILY, AT - DAY, AT + HOUR, gap)
    assert missing(DAILY, AT - DAY, AT + DAY + 31 * MINUTE, gap)


def test_a_run_is_stuck_after_a_silence_that_no_gap_explains() -> None:
    assert not is_stuck(AT, 6 * HOUR, AT + 6 * HOUR)
    assert is_stuck(AT, 6 * HOUR, AT + 6 * HOUR + MINUTE)
    gap = Gap(AT + HOUR, AT + 2 * HOUR)
    assert not is_stuck(AT, 6 * HOUR, AT + 7 * HOUR, [gap])
    assert is_stuck(AT, 6 * HOUR, AT + 9 * HOUR, [gap])


def test_failures_count_since_the_last_success_and_an_abort_is_none() -> None:
    assert failures_in_a_row([]) == 0
    assert failures_in_a_row(["COMPLETE", "FAIL", "FAIL"]) == 0
    assert failures_in_a_row(["FAIL", "FAIL", "ABORT", "FAIL"]) == 3


def test_a_steady_job_has_a_rhythm_in_words_that_people_would_say() -> None:
    hourly = rhythm([AT + n * HOUR + (n % 3) * MINUTE for n in range(10)])
    assert hourly is not None
    assert (hourly.schedule.every, hourly.intervals) == (HOUR, 9)
    daily = rhythm([AT + n * DAY + (n % 3) * MINUTE for n in range(8)])
    assert daily is not None
    assert (daily.schedule.every, daily.schedule.at) == (None, time(6, 1))
    odd = rhythm([AT + n * 50 * MINUTE for n in range(8)])
    assert odd is not None
    assert odd.schedule.every == 50 * MINUTE


def test_a_job_that_runs_all_the_time_is_expected_every_five_minutes() -> None:
    found = rhythm([AT + n * timedelta(seconds=45) for n in range(20)])
    assert found is not None
    assert found.schedule == Schedule(every=5 * MINUTE, grace=15 * MINUTE)


def test_midnight_is_no_border_for_the_usual_hour() -> None:
    found = rhythm([datetime(2026, 3, 1, tzinfo=UTC) + n * DAY + (n % 3 - 1) * 5 * MINUTE for n in range(9)])
    assert found is not None
    assert found.schedule.at == time(0, 0)


def test_too_few_runs_or_an_unsteady_job_have_no_rhythm() -> None:
    assert rhythm([AT + n * HOUR for n in range(5)]) is None
    assert rhythm([AT + n**3 * HOUR for n in range(9)]) is None
    assert rhythm([AT] * 20) is None


moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + minutes * MINUTE)
schedules = st.one_of(
    st.builds(Schedule, every=st.timedeltas(5 * MINUTE, 8 * DAY), grace=st.timedeltas(timedelta(), DAY)),
    st.builds(
        Schedule,
        at=st.times(),
        zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
        grace=st.timedeltas(timedelta(), DAY),
    ),
)


@given(schedules, moments)
def test_the_next_period_lies_ahead_and_within_reach(schedule: Schedule, last: datetime) -> None:
    period = next_period(schedule, last)
    assert period.wanted > last
    assert period.due == period.wanted + schedule.grace
    if schedule.at:
        assert period.wanted - last <= DAY + 3 * HOUR + EARLY


@given(schedules, moments, st.lists(st.tuples(moments, st.timedeltas(MINUTE, 9 * DAY)), max_size=4))
def test_what_no_gap_touches_is_judged_and_gaps_only_ever_put_off(
    schedule: Schedule, last: datetime, times: list[tuple[datetime, timedelta]]
) -> None:
    gaps = [Gap(since, since + length) for since, length in times]
    plain, found = next_period(schedule, last), period_due(schedule, last, gaps)
    assert found.due >= plain.due
    if not any(gap.since < plain.due and gap.until > plain.wanted for gap in gaps):
        assert found == plain
