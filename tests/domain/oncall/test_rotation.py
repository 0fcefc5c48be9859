"""Who is on call: hand-offs by the wall clock, cover, overrides; never a hole, never two."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.oncall.domain.rotation import Absence, Duty, Hours, Override, Period, Plan, Rota, Why

BERLIN = ZoneInfo("Europe/Berlin")
ANA, BOB, CLEO = 1, 2, 3


def at(text, zone=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def weekly(*members, **changes):
    fields = {
        "starts_on": date(2026, 3, 2), "hand_off": time(9), "zone": BERLIN, "period": Period.WEEK, "members": members,
    }  # fmt: skip
    return Plan(**fields | changes)


@pytest.mark.parametrize(("sunday", "hours"), [("2026-03-23", 7 * 24 - 1), ("2026-10-19", 7 * 24 + 1)])
def test_a_week_over_a_clock_change_is_an_hour_shorter_or_longer_and_still_handed_over_at_nine(sunday, hours):
    rota = Rota((weekly(ANA, BOB),))
    start = at(f"{sunday}T09:00", BERLIN)
    first, second, *_ = rota.shifts(start, start + timedelta(days=14))
    assert first.end - first.start == timedelta(hours=hours)
    assert first.end == second.start
    assert first.end.astimezone(BERLIN).time() == time(9)
    assert first.duty.person != second.duty.person


@pytest.mark.parametrize("hand_off", [time(2, 30), time(2), time(3)])
@pytest.mark.parametrize("period", list(Period))
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_hand_off_at_a_time_that_does_not_exist_or_comes_twice_happens_exactly_once(hand_off, period, day):
    rota = Rota((weekly(ANA, BOB, period=period, hand_off=hand_off, starts_on=date(2026, 3, 1)),))
    start = at(f"{day}T00:00") - timedelta(days=8)
    shifts = rota.shifts(start, start + timedelta(days=16))
    for one, two in pairwise(shifts):
        assert one.end == two.start
        assert one.duty.person != two.duty.person, "two members take turns: each hand-off changes the person"
    assert all(abs(s.end - s.start - period.length) <= timedelta(hours=1) for s in shifts[1:-1])


def test_samoa_left_a_whole_day_out_and_the_turn_of_that_day_has_no_length():
    rota = Rota((weekly(ANA, BOB, zone=ZoneInfo("Pacific/Apia"), period=Period.DAY, starts_on=date(2011, 12, 28)),))
    shifts = rota.shifts(at("2011-12-28T19:00"), at("2012-01-02T00:00"))
    assert all(one.end == two.start for one, two in pairwise(shifts))
    assert all(shift.duty for shift in shifts)


def test_who_is_away_is_covered_by_the_next_in_the_order_for_just_that_time():
    away = Absence(ANA, at("2026-03-04T00:00"), at("2026-03-05T00:00"))
    rota = Rota((weekly(ANA, BOB, CLEO),), absences=(away,))
    shifts = rota.shifts(at("2026-03-02T09:00", BERLIN), at("2026-03-09T09:00", BERLIN))
    assert [shift.duty for shift in shifts] == [
        Duty(ANA, Why.TURN), Duty(BOB, Why.COVER, ANA), Duty(ANA, Why.TURN),
    ]  # fmt: skip


def test_who_has_left_is_skipped_and_when_all_have_left_the_rotation_is_empty():
    assert Rota((weekly(ANA, BOB),), gone=frozenset({ANA})).on_call(at("2026-03-03T00:00")) == Duty(BOB, Why.COVER, ANA)
    assert Rota((weekly(ANA, BOB),), gone=frozenset({ANA, BOB})).on_call(at("2026-03-03T00:00")) is None


def test_an_override_wins_and_is_seen_in_what_comes_next_and_the_later_of_two_wins():
    night = (at("2026-03-03T18:00"), at("2026-03-04T06:00"))
    rota = Rota((weekly(ANA, BOB),), overrides=(Override(1, CLEO, *night), Override(2, BOB, *night)))
    assert rota.on_call(night[0]) == Duty(BOB, Why.OVERRIDE, ANA)
    assert rota.on_call(night[1]) == Duty(ANA, Why.TURN)
    now, following, *_ = rota.shifts(at("2026-03-03T12:00"), at("2026-03-20T00:00"))
    assert (now.duty.person, following.duty) == (ANA, Duty(BOB, Why.OVERRIDE, ANA))


def test_an_override_of_somebody_who_has_left_or_is_away_leaves_the_shift_with_whose_turn_it_is():
    night = (at("2026-03-03T18:00"), at("2026-03-04T06:00"))
    left = Rota((weekly(ANA, BOB),), (Override(1, CLEO, *night),), gone=frozenset({CLEO}))
    away = Rota((weekly(ANA, BOB),), (Override(1, CLEO, *night),), (Absence(CLEO, *night),))
    assert left.on_call(night[0]) == away.on_call(night[0]) == Duty(ANA, Why.TURN)


def test_a_layer_for_the_weekend_stands_over_the_base_and_outside_its_hours_the_base_answers():
    weekend = Hours(frozenset({5, 6}), time(0), time(0))
    rota = Rota((weekly(ANA, BOB), weekly(CLEO, layer=2, hours=weekend)))
    assert rota.on_call(at("2026-03-06T23:59", BERLIN)).person == ANA
    assert rota.on_call(at("2026-03-07T00:00", BERLIN)).person == CLEO
    assert rota.on_call(at("2026-03-08T23:59", BERLIN)).person == CLEO
    assert rota.on_call(at("2026-03-09T00:00", BERLIN)).person == ANA


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin():
    nights = Hours(frozenset({4}), time(22), time(6))
    rota = Rota((weekly(ANA, hours=nights),))
    assert rota.on_call(at("2026-03-06T21:59", BERLIN)) is None
    assert rota.on_call(at("2026-03-07T05:59", BERLIN)).person == ANA
    assert rota.on_call(at("2026-03-07T22:30", BERLIN)) is None


def test_a_new_plan_holds_from_its_day_on_and_the_days_before_stay_as_they_were():
    rota = Rota((weekly(ANA, number=1), weekly(BOB, starts_on=date(2026, 3, 16), number=2)))
    assert rota.on_call(at("2026-03-16T08:59", BERLIN)).person == ANA
    assert rota.on_call(at("2026-03-16T09:00", BERLIN)).person == BOB
    assert Rota((weekly(ANA), weekly(BOB, number=9))).on_call(at("2026-03-03T00:00")).person == BOB
    assert rota.on_call(at("2026-03-02T08:59", BERLIN)) is None, "before the first plan nobody is on call"


PEOPLE = st.integers(1, 5)
DAYS = st.integers(0, 500).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"])
INSTANTS = st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-06-01")).map(
    lambda d: d.replace(tzinfo=UTC)
)
SPANS = st.tuples(INSTANTS, st.integers(1, 400)).map(lambda p: (p[0], p[0] + timedelta(hours=p[1])))
HOURS = st.none() | st.builds(Hours, st.frozensets(st.integers(0, 6), min_size=1), TIMES, TIMES)
PLANS = st.builds(
    Plan, DAYS, TIMES, ZONES.map(ZoneInfo), st.sampled_from(list(Period)),
    st.lists(PEOPLE, max_size=4).map(tuple), st.integers(1, 3), HOURS, st.integers(1, 99),
)  # fmt: skip
ROTAS = st.builds(
    Rota,
    st.lists(PLANS, max_size=4).map(tuple),
    st.lists(st.builds(lambda n, p, s: Override(n, p, *s), st.integers(1, 9), PEOPLE, SPANS), max_size=3).map(tuple),
    st.lists(st.builds(lambda p, s: Absence(p, *s), PEOPLE, SPANS), max_size=3).map(tuple),
    st.frozensets(PEOPLE, max_size=2),
)


@given(ROTAS, INSTANTS, st.integers(1, 40), st.lists(st.integers(0, 40 * 24 * 60), min_size=1, max_size=20))
def test_the_calendar_has_no_hole_and_says_at_every_instant_what_the_question_answers(rota, start, days, minutes):
    end = start + timedelta(days=days)
    shifts = rota.shifts(start, end)
    assert (shifts[0].start, shifts[-1].end) == (start, end)
    assert all(one.end == two.start and one.duty != two.duty for one, two in pairwise(shifts))
    asked = [start + timedelta(minutes=m) for m in minutes if m < days * 24 * 60]
    for instant in [*asked, *(s.start for s in shifts), *(s.end - timedelta(microseconds=1) for s in shifts)]:
        [shift] = [each for each in shifts if each.start <= instant < each.end]
        assert shift.duty == rota.on_call(instant), instant


@given(ROTAS, INSTANTS)
def test_nobody_who_has_left_or_is_away_is_ever_on_call(rota, instant):
    duty = rota.on_call(instant)
    if duty:
        assert rota.available(duty.person, instant)


@given(st.lists(PEOPLE, min_size=1, max_size=4), DAYS, TIMES, ZONES, st.sampled_from(list(Period)), INSTANTS)
def test_a_plan_with_people_and_no_hours_is_never_empty_once_it_has_begun(people, day, hand_off, zone, period, instant):
    plan = Plan(day, hand_off, ZoneInfo(zone), period, tuple(people))
    duty = Rota((plan,)).on_call(instant)
    assert (duty is not None) == (instant >= plan.starts_at)
