"""The alert machine, rule by rule: each test is a small story told by samples on a minute's grid."""

from datetime import UTC, datetime, timedelta

import pytest

from slo_app.domain.alert import (
    AlertError,
    AlertRule,
    AlertState,
    Event,
    Phase,
    Sample,
    acknowledge,
    clear_time,
    elapse,
    expire,
    next_look,
    observe,
    resolve,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULE = AlertRule(interval=MINUTE, hold=5 * MINUTE, clear_for=5 * MINUTE)
DAILY = AlertRule(interval=timedelta(days=1), hold=timedelta(0), clear_for=timedelta(0))


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def play(story: dict[float, str], *, state: AlertState | None = None, rule: AlertRule = RULE):
    """Feed samples: B past the alert threshold, d in the dead band, g at the target, - time passing alone."""
    state, seen = state or AlertState(NOON), []
    for minute, letter in story.items():
        if letter == "-":
            state, events = elapse(state, rule, at(minute))
        else:
            sample = Sample(at(minute), alerting=letter == "B", on_target=letter == "g")
            state, events = observe(state, rule, sample)
        seen += [(minute, event) for event in events]
    return state, seen


def firing() -> AlertState:
    state, _ = play(dict.fromkeys(range(6), "B"))
    assert state.phase is Phase.FIRING
    return state


CASES = [
    ("one breach is pending", {0: "B"}, Phase.PENDING),
    ("a breach that holds for the time fires", dict.fromkeys(range(6), "B"), Phase.FIRING),
    ("a breach that holds a moment less stays pending", dict.fromkeys(range(5), "B"), Phase.PENDING),
    ("one good sample ends pending", {0: "B", 1: "B", 2: "g"}, Phase.OK),
    ("a sample in the dead band ends pending too", {0: "B", 1: "B", 2: "d"}, Phase.OK),
    ("the dead band alone never alerts", dict.fromkeys(range(30), "d"), Phase.OK),
    ("a hole of three intervals does not reset pending", {0: "B", 3: "B", 6: "B"}, Phase.FIRING),
    ("a hole of more than three intervals does", {0: "B", 4: "B", 8: "B"}, Phase.PENDING),
    ("the time counts from the sample, so one late sample does not fire", {7: "B"}, Phase.PENDING),
    ("two samples of the same time are one", {0: "B", 5: "g", 4: "B"}, Phase.OK),
]


@pytest.mark.parametrize(("story", "phase"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_story(story, phase):
    assert play(story)[0].phase is phase


def test_pending_since_is_the_time_of_the_first_breaching_sample():
    state, seen = play({0: "g", 1: "B", 2: "B"})
    assert state.pending_since == at(1)
    assert seen == [(1, Event.PENDING)]


def test_a_duplicate_sample_changes_nothing():
    state = firing()
    again, events = observe(state, RULE, Sample(at(5), alerting=False, on_target=True))
    assert (again, events) == (state, ())


def test_it_clears_at_the_target_and_not_at_the_alert_threshold():
    in_dead_band, _ = play(dict.fromkeys(range(6, 60), "d"), state=firing())
    assert in_dead_band.phase is Phase.FIRING
    back, seen = play(dict.fromkeys(range(60, 66), "g"), state=in_dead_band)
    assert back.phase is Phase.RESOLVED
    assert seen == [(60, Event.CLEARING), (65, Event.RESOLVED)]


def test_a_breach_while_it_clears_is_the_same_incident():
    state, seen = play({6: "g", 7: "g", 8: "B", 9: "B"}, state=firing())
    assert state.phase is Phase.FIRING
    assert state.rebreaches == 1
    assert [event for _, event in seen] == [Event.CLEARING, Event.REBREACHED]
    assert state.fired_at == at(5)


def test_the_clear_time_starts_again_after_a_look_into_the_dead_band():
    state, _ = play({6: "g", 9: "d", 10: "g", 13: "g"}, state=firing())
    assert state.phase is Phase.FIRING
    assert state.clear_since == at(10)


def test_good_samples_on_both_sides_of_a_hole_do_not_clear():
    state, _ = play({6: "g", 12: "g"}, state=firing())
    assert state.phase is Phase.FIRING


def test_a_new_breach_after_it_cleared_is_pending_again():
    resolved, _ = play(dict.fromkeys(range(6, 12), "g"), state=firing())
    state, _ = play({12: "B"}, state=resolved)
    assert state.phase is Phase.PENDING


def test_acknowledging_keeps_the_clock_and_does_not_resolve():
    state = acknowledge(firing(), at(6))
    assert state.phase is Phase.ACKNOWLEDGED
    assert (state.fired_at, state.acknowledged_at) == (at(5), at(6))
    assert play({7: "B", 8: "B"}, state=state)[0].phase is Phase.ACKNOWLEDGED
    assert play(dict.fromkeys(range(7, 13), "g"), state=state)[0].phase is Phase.RESOLVED


def test_what_is_not_firing_cannot_be_acknowledged_or_resolved():
    for state in (AlertState(NOON), play({0: "B"})[0]):
        with pytest.raises(AlertError, match="Nothing is firing"):
            acknowledge(state, at(1))
        with pytest.raises(AlertError, match="Nothing is firing"):
            resolve(state, RULE, at(1))
    with pytest.raises(AlertError, match="already acknowledged"):
        acknowledge(acknowledge(firing(), at(6)), at(7))


def test_a_breach_soon_after_a_person_resolved_it_reopens_the_incident_and_needs_a_new_acknowledgement():
    closed = resolve(acknowledge(firing(), at(6)), RULE, at(7))
    assert closed.phase is Phase.RESOLVED
    state, seen = play({8: "B"}, state=closed)
    assert state.phase is Phase.FIRING
    assert seen == [(8, Event.REOPENED)]
    assert (state.fired_at, state.acknowledged_at, state.rebreaches) == (at(5), None, 1)
    assert play({12: "B"}, state=closed)[0].phase is Phase.PENDING


def test_without_samples_for_two_intervals_there_is_no_data_and_it_is_said_once():
    state, seen = play({0: "g", 2: "-", 2.5: "-", 3: "-", 60: "-"})
    assert state.phase is Phase.NO_DATA
    assert seen == [(2.5, Event.NO_DATA)]


def test_an_slo_that_was_never_measured_becomes_no_data_too():
    assert play({3: "-"})[1] == [(3, Event.NO_DATA)]


def test_missing_data_keeps_a_firing_alert_alive():
    state, seen = play({9: "-", 600: "-"}, state=firing())
    assert state.phase is Phase.FIRING
    assert seen == [(9, Event.DATA_LOST)]
    state, seen = play({601: "g"}, state=state)
    assert state.phase is Phase.FIRING
    assert [event for _, event in seen] == [Event.DATA_BACK, Event.CLEARING]


def test_data_that_comes_back_ends_no_data():
    state, seen = play({3: "-", 10: "g"})
    assert state.phase is Phase.OK
    assert seen[-1] == (10, Event.DATA_BACK)
    assert play({3: "-", 10: "B"})[0].phase is Phase.PENDING


def test_a_person_may_take_on_and_close_missing_data_without_it_turning_green():
    state = acknowledge(play({3: "-"})[0], at(4))
    assert (state.phase, state.acknowledged_at) == (Phase.NO_DATA, at(4))
    state = resolve(state, RULE, at(5))
    assert (state.phase, state.resolved_at) == (Phase.NO_DATA, at(5))
    assert play({6: "-", 60: "-"}, state=state) == (state, [])


def test_a_slow_slo_measures_again_at_once_and_then_fires():
    pending, _ = play({0: "B"}, rule=DAILY)
    assert next_look(pending, DAILY, at(0)) == at(0)
    state, seen = play({0.1: "B"}, state=pending, rule=DAILY)
    assert seen == [(0.1, Event.FIRED)]
    assert next_look(state, DAILY, at(0.1)) == at(0.1) + timedelta(days=1)


def test_a_slow_slo_that_must_hold_is_looked_at_when_the_time_is_over():
    hourly = AlertRule(timedelta(hours=1), hold=15 * MINUTE, clear_for=15 * MINUTE)
    state, _ = play({0: "B", 0.1: "B"}, rule=hourly)
    assert state.phase is Phase.PENDING
    assert next_look(state, hourly, at(0.1)) == at(15)
    assert play({15: "B"}, state=state, rule=hourly)[0].phase is Phase.FIRING


def test_a_fast_slo_keeps_its_interval():
    assert next_look(play({0: "B"})[0], RULE, at(0)) == at(1)


def test_a_breach_that_need_not_hold_for_a_whole_interval_is_looked_at_when_it_has_held():
    brisk = AlertRule(5 * MINUTE, hold=MINUTE, clear_for=MINUTE)
    state, _ = play({0: "B"}, rule=brisk)
    assert next_look(state, brisk, at(0)) == at(1)
    assert play({1: "B"}, state=state, rule=brisk)[0].phase is Phase.FIRING


def test_one_good_sample_never_resolves_and_a_slow_slo_takes_the_second_at_once():
    fired, _ = play({0: "B", 0.1: "B"}, rule=DAILY)
    clearing, seen = play({1440: "g"}, state=fired, rule=DAILY)
    assert (clearing.phase, seen) == (Phase.FIRING, [(1440, Event.CLEARING)])
    assert next_look(clearing, DAILY, at(1440)) == at(1440)
    assert play({1440.1: "g"}, state=clearing, rule=DAILY)[0].phase is Phase.RESOLVED


def test_a_second_look_that_decided_nothing_is_tried_again_but_not_without_a_pause():
    pending, _ = play({0: "B"}, rule=DAILY)
    assert next_look(pending, DAILY, at(0.2)) == at(0.2) + timedelta(hours=2)


def flapping(times: int):
    """Fire and resolve so many times, without a pause between; the state after the last resolution, and its minute."""
    state, minute = AlertState(NOON), 0
    for _ in range(times):
        state, _ = play(dict.fromkeys(range(minute, minute + 6), "B"), state=state)
        assert state.phase is Phase.FIRING
        minute += 6
        while state.phase is Phase.FIRING:
            state, _ = play({minute: "g"}, state=state)
            minute += 1
    return state, minute


def test_what_fires_again_and_again_must_stay_at_its_target_for_longer_before_it_resolves():
    lengths = [flapping(times)[1] - flapping(times - 1)[1] - 6 for times in range(1, 7)]
    assert lengths == [6, 6, 11, 21, 41, 41]


def test_a_calm_time_ends_the_flapping():
    state, minute = flapping(4)
    assert state.flaps == 3
    later = minute + 61
    state, _ = play(dict.fromkeys(range(later, later + 6), "B"), state=state)
    assert (state.phase, state.flaps, clear_time(state, RULE)) == (Phase.FIRING, 0, RULE.clear_for)


def test_an_acknowledgement_may_run_out_and_then_the_alert_needs_a_new_one():
    taken = acknowledge(firing(), at(6), at(36))
    assert expire(taken, at(35)) == (taken, ())
    state, events = expire(taken, at(36))
    assert (state.phase, state.acknowledged_at, events) == (Phase.FIRING, None, (Event.UNTAKEN,))
    assert acknowledge(state, at(37)).phase is Phase.ACKNOWLEDGED
    with pytest.raises(AlertError, match="must end in the future"):
        acknowledge(firing(), at(6), at(6))


def test_a_breach_while_an_acknowledged_alert_clears_needs_no_new_acknowledgement():
    state, seen = play({7: "g", 8: "B"}, state=acknowledge(firing(), at(6)))
    assert (state.phase, state.acknowledged_at) == (Phase.ACKNOWLEDGED, at(6))
    assert [event for _, event in seen] == [Event.CLEARING, Event.REBREACHED]


def test_missing_data_keeps_an_acknowledged_alert_and_its_acknowledgement():
    state, seen = play({9: "-"}, state=acknowledge(firing(), at(6)))
    assert (state.phase, seen) == (Phase.ACKNOWLEDGED, [(9, Event.DATA_LOST)])


def test_a_rule_with_impossible_times_is_refused():
    with pytest.raises(ValueError, match="interval must be positive"):
        AlertRule(timedelta(0), MINUTE, MINUTE)
    with pytest.raises(ValueError, match="not negative"):
        AlertRule(MINUTE, -MINUTE, MINUTE)
