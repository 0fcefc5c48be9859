"""The alert of one SLO as a pure state machine.

OK -> PENDING -> FIRING -> ACKNOWLEDGED -> RESOLVED, with NO_DATA beside and silence as a flag. It follows
the alerting model of Prometheus (`for`, pending, firing) with what its users have asked for since: the state
outlives a restart, an alert clears at the target and not at its threshold, an acknowledgement is not a
silence, and missing data never resolves anything. Every function takes a state and a time and returns the
next state with what happened; nothing reads a clock, so that each rule can be replayed from its samples.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

GAP_INTERVALS = 3  # a longer hole between two samples says nothing about the time between them
LOST_INTERVALS = 2  # after this many intervals without a sample there is no data
SLOW = timedelta(hours=1)  # from this interval on, a breach is measured again at once


class Phase(StrEnum):
    """Where an alert stands. Silence is no phase: it hides the noise, not the trouble."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    NO_DATA = "no_data"


class Event(StrEnum):
    """What a step has done that somebody may have to hear of."""

    PENDING = "pending"
    FALSE_ALARM = "false_alarm"
    FIRED = "fired"
    REBREACHED = "rebreached"
    REOPENED = "reopened"
    CLEARING = "clearing"
    RESOLVED = "resolved"
    NO_DATA = "no_data"
    DATA_LOST = "data_lost"
    DATA_BACK = "data_back"


OPEN = frozenset({Phase.FIRING, Phase.ACKNOWLEDGED})


class AlertError(ValueError):
    """What was asked of an alert does not fit the phase it is in."""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """How long a breach must hold, how long a recovery must hold, and how often is measured."""

    interval: timedelta
    hold: timedelta
    clear_for: timedelta

    def __post_init__(self) -> None:
        if self.interval <= timedelta(0) or min(self.hold, self.clear_for) < timedelta(0):
            raise ValueError("The interval must be positive, the times to hold and to clear not negative.")


@dataclass(frozen=True, slots=True)
class Sample:
    """A deciding measurement: its time, and on which side of the alert threshold and the target it lies."""

    at: datetime
    alerting: bool
    on_target: bool


@dataclass(frozen=True, slots=True)
class AlertState:
    """All that an alert remembers; one row in the database."""

    watched_since: datetime
    phase: Phase = Phase.OK
    last_sample_at: datetime | None = None
    pending_since: datetime | None = None
    breaches: int = 0
    clear_since: datetime | None = None
    fired_at: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    reopen_until: datetime | None = None
    rebreaches: int = 0
    data_lost_at: datetime | None = None
    silenced_until: datetime | None = None


Step = tuple[AlertState, tuple[Event, ...]]


def observe(state: AlertState, rule: AlertRule, sample: Sample) -> Step:
    """Take one sample. A sample that is not newer than the last one is a duplicate and changes nothing."""
    if state.last_sample_at is not None and sample.at <= state.last_sample_at:
        return state, ()
    gap = _gap(state, rule, sample)
    state, back = _data_back(state)
    state, events = (_observe_open if state.phase in OPEN else _observe_closed)(state, rule, sample, gap=gap)
    return replace(state, last_sample_at=sample.at), back + events


def elapse(state: AlertState, rule: AlertRule, now: datetime) -> Step:
    """Say what the mere passing of time has done: without a sample for two intervals there is no data."""
    seen = state.last_sample_at or state.watched_since
    if state.data_lost_at is not None or now - seen <= LOST_INTERVALS * rule.interval:
        return state, ()
    if state.phase in OPEN:
        return replace(state, data_lost_at=now), (Event.DATA_LOST,)
    lost = replace(state, phase=Phase.NO_DATA, data_lost_at=now, acknowledged_at=None, resolved_at=None)
    return lost, (Event.NO_DATA,)


def acknowledge(state: AlertState, now: datetime) -> AlertState:
    """A person takes it on: that stops the escalation, not the clock."""
    if state.phase not in OPEN | {Phase.NO_DATA}:
        raise AlertError("Nothing is firing, so there is nothing to acknowledge.")
    if state.acknowledged_at is not None:
        raise AlertError("It is already acknowledged.")
    phase = Phase.ACKNOWLEDGED if state.phase is Phase.FIRING else state.phase
    return replace(state, phase=phase, acknowledged_at=now)


def resolve(state: AlertState, rule: AlertRule, now: datetime) -> AlertState:
    """A person closes it. A breach within the clear time opens the same incident again."""
    if state.phase is Phase.NO_DATA:
        return replace(state, resolved_at=now)
    if state.phase not in OPEN:
        raise AlertError("Nothing is firing, so there is nothing to resolve.")
    return replace(_closed(state, now), reopen_until=now + rule.clear_for)


def silence(state: AlertState, until: datetime, now: datetime) -> AlertState:
    """Send nothing until then. Evaluation goes on, and a silence always has an end."""
    if until <= now:
        raise AlertError("A silence must end in the future.")
    return replace(state, silenced_until=until)


def silenced(state: AlertState, now: datetime) -> bool:
    """Whether notices are held back at `now`."""
    return state.silenced_until is not None and now < state.silenced_until


def next_look(state: AlertState, rule: AlertRule, at: datetime) -> datetime:
    """When to measure next after a look at `at`; an SLO in PENDING is looked at again when the time to hold is over.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> day = AlertRule(timedelta(days=1), timedelta(0), timedelta(0))
    >>> pending, _ = observe(AlertState(noon), day, Sample(noon, alerting=True, on_target=False))
    >>> next_look(pending, day, noon) == noon
    True
    """
    regular = at + rule.interval
    if state.phase is not Phase.PENDING or state.pending_since is None:
        return regular
    if rule.interval >= SLOW and state.breaches < 2:
        return at
    held = state.pending_since + rule.hold
    return held if at < held < regular else regular


def _gap(state: AlertState, rule: AlertRule, sample: Sample) -> bool:
    last = state.last_sample_at
    return last is not None and sample.at - last > GAP_INTERVALS * rule.interval


def _data_back(state: AlertState) -> Step:
    if state.data_lost_at is None:
        return state, ()
    back = replace(state, data_lost_at=None)
    if state.phase is Phase.NO_DATA:
        back = replace(back, phase=Phase.OK, acknowledged_at=None, resolved_at=None)
    return back, (Event.DATA_BACK,)


def _observe_closed(state: AlertState, rule: AlertRule, sample: Sample, *, gap: bool) -> Step:
    if not sample.alerting:
        was = (Event.FALSE_ALARM,) if state.phase is Phase.PENDING else ()
        return replace(state, phase=Phase.OK, pending_since=None, breaches=0), was
    if state.reopen_until is not None and sample.at < state.reopen_until:
        return _reopened(state), (Event.REOPENED,)
    fresh = state.pending_since is None or gap
    state = replace(
        state,
        phase=Phase.PENDING,
        pending_since=sample.at if fresh else state.pending_since,
        breaches=1 if fresh else state.breaches + 1,
        reopen_until=None,
    )
    if _held(state, rule, sample):
        return _fired(state, sample.at), (Event.FIRED,)
    return state, (Event.PENDING,) if fresh else ()


def _observe_open(state: AlertState, rule: AlertRule, sample: Sample, *, gap: bool) -> Step:
    if sample.alerting and state.clear_since is not None:
        return replace(state, clear_since=None, rebreaches=state.rebreaches + 1), (Event.REBREACHED,)
    if sample.alerting or not sample.on_target:
        return replace(state, clear_since=None), ()
    since = sample.at if state.clear_since is None or gap else state.clear_since
    if sample.at - since >= rule.clear_for:
        return replace(_closed(state, sample.at), reopen_until=None), (Event.RESOLVED,)
    return replace(state, clear_since=since), (Event.CLEARING,) if state.clear_since is None else ()


def _held(state: AlertState, rule: AlertRule, sample: Sample) -> bool:
    assert state.pending_since is not None
    return state.breaches >= 2 and sample.at - state.pending_since >= rule.hold


def _fired(state: AlertState, at: datetime) -> AlertState:
    return replace(
        state,
        phase=Phase.FIRING,
        fired_at=at,
        acknowledged_at=None,
        resolved_at=None,
        clear_since=None,
        rebreaches=0,
    )


def _reopened(state: AlertState) -> AlertState:
    return replace(
        state,
        phase=Phase.FIRING,
        acknowledged_at=None,
        resolved_at=None,
        clear_since=None,
        reopen_until=None,
        rebreaches=state.rebreaches + 1,
    )


def _closed(state: AlertState, at: datetime) -> AlertState:
    return replace(
        state,
        phase=Phase.RESOLVED,
        resolved_at=at,
        pending_since=None,
        breaches=0,
        clear_since=None,
        data_lost_at=None,
    )
