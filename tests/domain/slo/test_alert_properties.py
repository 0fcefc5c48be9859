"""The alert machine against an oracle that reads the whole history, over random stories of samples."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from slo_app.domain.alert import (
    OPEN,
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
SECOND = timedelta(seconds=1)
RULE = AlertRule(interval=60 * SECOND, hold=300 * SECOND, clear_for=240 * SECOND)
STEPS = st.integers(min_value=1, max_value=260)


class AnAlert(RuleBasedStateMachine):
    """One alert, stepped by samples, time and people, held against what its whole history says."""

    def __init__(self):
        super().__init__()
        self.now = NOON
        self.state = AlertState(NOON)
        self.samples: list[Sample] = []

    def step(self, function, *args):
        before = self.state
        self.state, events = function(before, RULE, *args)
        self.check(before, events)

    def check(self, before, events):
        if Event.FIRED in events:
            assert before.phase not in OPEN
            assert self.breach_held()
            assert self.state.acknowledged_at is None, "each firing needs somebody to take it on anew"
        if Event.RESOLVED in events:
            assert before.phase in OPEN
            assert self.recovery_held(clear_time(before, RULE))
        if before.phase in OPEN and self.state.phase not in OPEN:
            assert Event.RESOLVED in events, "only recovery or a person ends an open alert"

    def run_of(self, wanted):
        """The newest samples that are all `wanted`, without a hole of more than three intervals."""
        run: list[Sample] = []
        for sample in reversed(self.samples):
            if not wanted(sample) or (run and run[-1].at - sample.at > 3 * RULE.interval):
                break
            run.append(sample)
        return run

    def breach_held(self):
        run = self.run_of(lambda sample: sample.alerting)
        return len(run) >= 2 and run[0].at - run[-1].at >= RULE.hold

    def recovery_held(self, span):
        run = self.run_of(lambda sample: sample.on_target and not sample.alerting)
        return len(run) >= 2 and run[0].at - run[-1].at >= span >= RULE.clear_for

    @rule(seconds=STEPS, side=st.sampled_from("BBBBdggg"))
    def sample(self, seconds, side):
        self.now += seconds * SECOND
        sample = Sample(self.now, alerting=side == "B", on_target=side == "g")
        self.samples.append(sample)
        self.step(observe, sample)

    @rule(seconds=STEPS, side=st.sampled_from("Bg"), times=st.integers(2, 9))
    def spell(self, seconds, side, times):
        for _ in range(times):
            self.sample(min(seconds, 200), side)

    @precondition(lambda self: self.samples)
    @rule(which=st.integers(0, 5))
    def late_duplicate(self, which):
        before = self.state
        self.step(observe, self.samples[-1 - which % len(self.samples)])
        assert self.state == before

    @rule(seconds=STEPS)
    def time_passes(self, seconds):
        self.now += seconds * SECOND
        self.step(elapse, self.now)

    @precondition(lambda self: self.state.phase is Phase.FIRING)
    @rule(minutes=st.none() | st.integers(1, 30))
    def take_on(self, minutes):
        fired = self.state.fired_at
        until = self.now + timedelta(minutes=minutes) if minutes else None
        self.state = acknowledge(self.state, self.now, until)
        assert self.state.fired_at == fired

    @rule()
    def acknowledgements_run_out(self):
        before = self.state
        self.state, events = expire(before, self.now)
        assert bool(events) == (before.acknowledged_until is not None and before.acknowledged_until <= self.now)
        if events:
            assert self.state.acknowledged_at is None
            assert self.state.phase is not Phase.ACKNOWLEDGED

    @precondition(lambda self: self.state.phase in OPEN)
    @rule()
    def close(self):
        self.state = resolve(self.state, RULE, self.now)

    @invariant()
    def the_next_look_is_never_later_than_an_interval_nor_in_the_past(self):
        assert self.now <= next_look(self.state, RULE, self.now) <= self.now + RULE.interval

    @invariant()
    def a_breach_that_held_is_always_open(self):
        just_closed = self.state.resolved_at is not None and self.state.resolved_at == self.now
        if self.samples and self.samples[-1].at == self.now and self.breach_held() and not just_closed:
            assert self.state.phase in OPEN

    @invariant()
    def the_phase_and_its_times_agree(self):
        state = self.state
        assert (state.phase is Phase.ACKNOWLEDGED) <= (state.acknowledged_at is not None)
        assert (state.phase is Phase.PENDING) <= (state.pending_since is not None and state.breaches >= 1)
        assert (state.phase is Phase.NO_DATA) <= (state.data_lost_at is not None)
        assert (state.phase in OPEN) <= (state.fired_at is not None)


AnAlert.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestAnAlert = AnAlert.TestCase
