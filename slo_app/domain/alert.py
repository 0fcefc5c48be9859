"""The alert of one SLO as a pure state machine.

OK -> PENDING -> FIRING -> ACKNOWLEDGED -> RESOLVED, with NO_DATA beside and silence outside of it. It follows
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
SLOW = timedelta(hours=1)  # from this interval on, a first breach or recovery is measured again at once
RETRIES = 12  # where that second look decided nothing, it is tried again this often an interval
FLAP_WITHIN = 12  # fired again within so many clear times (or intervals) of its resolution: it flaps
MOST_PATIENCE = 8  # a flapping alert must stay at its target for at most so many clear times


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
    UNTAKEN = "untaken"


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
    recoveries: int = 0
    fired_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_until: datetime | None = None
    resolved_at: datetime | None = None
    reopen_until: datetime | None = None
    rebreaches: int = 0
    flaps: int = 0
    data_lost_at: datetime | None = None


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
    lost = replace(state, phase=Phase.NO_DATA, data_lost_at=now, acknowledged_at=None, acknowledged_until=None)
    lost = replace(lost, resolved_at=None)
    return lost, (Event.NO_DATA,)


def acknowledge(state: AlertState, now: datetime, until: datetime | None = None) -> AlertState:
    """A person takes it on, until some time or for good: that stops the escalation, not the clock."""
    if state.phase not in OPEN | {Phase.NO_DATA}:
        raise AlertError("Nothing is firing, so there is nothing to acknowledge.")
    if state.acknowledged_at is not None:
        raise AlertError("It is already acknowledged.")
    if until is not None and until <= now:
        raise AlertError("An acknowledgement must end in the future.")
    phase = Phase.ACKNOWLEDGED if state.phase is Phase.FIRING else state.phase
    return replace(state, phase=phase, acknowledged_at=now, acknowledged_until=until)


def expire(state: AlertState, now: datetime) -> Step:
    """Take back an acknowledgement whose time is over: whoever took it on has not resolved it, so others are told."""
    if state.acknowledged_until is None or now < state.acknowledged_until:
        return state, ()
    phase = Phase.FIRING if state.phase is Phase.ACKNOWLEDGED else state.phase
    return replace(state, phase=phase, acknowledged_at=None, acknowledged_until=None), (Event.UNTAKEN,)


def resolve(state: AlertState, rule: AlertRule, now: datetime) -> AlertState:
    """A person closes it. A breach within the clear time, or in the next two looks, opens the same incident again."""
    if state.phase is Phase.NO_DATA:
        return replace(state, resolved_at=now, acknowledged_until=None)
    if state.phase not in OPEN:
        raise AlertError("Nothing is firing, so there is nothing to resolve.")
    return replace(_closed(state, now), reopen_until=now + max(rule.clear_for, LOST_INTERVALS * rule.interval))


def clear_time(state: AlertState, rule: AlertRule) -> timedelta:
    """How long the target must be met before it resolves: longer, the oftener it has fired again in quick succession.

    >>> from datetime import UTC
    >>> minute = timedelta(minutes=1)
    >>> rule = AlertRule(minute, 5 * minute, 5 * minute)
    >>> noon = AlertState(datetime(2026, 1, 1, 12, tzinfo=UTC))
    >>> [clear_time(replace(noon, flaps=flaps), rule) // minute for flaps in range(6)]
    [5, 5, 10, 20, 40, 40]
    """
    patience: int = min(2 ** max(state.flaps - 1, 0), MOST_PATIENCE)
    return rule.clear_for * patience


def next_look(state: AlertState, rule: AlertRule, at: datetime) -> datetime:
    """When to measure next after a look at `at`: sooner where a breach or a recovery waits to be believed.

    Both need two samples. Where the interval is an hour or more the second is taken at once; a second look that
    decided nothing is tried again, but not at once, or a source that is away would be asked without a pause.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> day = AlertRule(timedelta(days=1), timedelta(0), timedelta(0))
    >>> pending, _ = observe(AlertState(noon), day, Sample(noon, alerting=True, on_target=False))
    >>> next_look(pending, day, noon) == noon
    True
    >>> next_look(pending, day, noon + timedelta(seconds=1)) - noon
    datetime.timedelta(seconds=7201)
    """
    regular = at + rule.interval
    waits = _waits(state, rule)
    if waits is None:
        return regular
    seen, over = waits
    if rule.interval >= SLOW and seen < 2:
        return at if state.last_sample_at == at else at + rule.interval / RETRIES
    return over if at < over < regular else regular


def _waits(state: AlertState, rule: AlertRule) -> tuple[int, datetime] | None:
    """Of a breach or recovery that is not believed yet: how many samples have shown it, and when its time is over."""
    if state.phase is Phase.PENDING and state.pending_since is not None:
        return state.breaches, state.pending_since + rule.hold
    if state.phase in OPEN and state.clear_since is not None:
        return state.recoveries, state.clear_since + clear_time(state, rule)
    return None


def _gap(state: AlertState, rule: AlertRule, sample: Sample) -> bool:
    last = state.last_sample_at
    return last is not None and sample.at - last > GAP_INTERVALS * rule.interval


def _data_back(state: AlertState) -> Step:
    if state.data_lost_at is None:
        return state, ()
    back = replace(state, data_lost_at=None)
    if state.phase is Phase.NO_DATA:
        back = replace(back, phase=Phase.OK, acknowledged_at=None, acknowledged_until=None, resolved_at=None)
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
        return _fired(state, rule, sample.at), (Event.FIRED,)
    return state, (Event.PENDING,) if fresh else ()


def _observe_open(state: AlertState, rule: AlertRule, sample: Sample, *, gap: bool) -> Step:
    if sample.alerting and state.clear_since is not None:
        state = replace(state, clear_since=None, recoveries=0, rebreaches=state.rebreaches + 1)
        return state, (Event.REBREACHED,)
    if sample.alerting or not sample.on_target:
        return replace(state, clear_since=None, recoveries=0), ()
    begins = (Event.CLEARING,) if state.clear_since is None else ()
    since = state.clear_since
    if since is None or gap:
        return replace(state, clear_since=sample.at, recoveries=1), begins
    state = replace(state, recoveries=state.recoveries + 1)
    if sample.at - since >= clear_time(state, rule):
        return replace(_closed(state, sample.at), reopen_until=None), (Event.RESOLVED,)
    return state, begins


def _held(state: AlertState, rule: AlertRule, sample: Sample) -> bool:
    assert state.pending_since is not None
    return state.breaches >= 2 and sample.at - state.pending_since >= rule.hold


def _fired(state: AlertState, rule: AlertRule, at: datetime) -> AlertState:
    soon = FLAP_WITHIN * max(rule.clear_for, rule.interval)
    again = state.resolved_at is not None and at - state.resolved_at <= soon
    flaps = state.flaps + 1 if again else 0
    return replace(_burning(state), fired_at=at, rebreaches=0, flaps=flaps)


def _reopened(state: AlertState) -> AlertState:
    return replace(_burning(state), reopen_until=None, rebreaches=state.rebreaches + 1)


def _burning(state: AlertState) -> AlertState:
    return replace(
        state,
        phase=Phase.FIRING,
        acknowledged_at=None,
        acknowledged_until=None,
        resolved_at=None,
        clear_since=None,
        recoveries=0,
    )


def _closed(state: AlertState, at: datetime) -> AlertState:
    return replace(
        state,
        phase=Phase.RESOLVED,
        resolved_at=at,
        acknowledged_until=None,
        pending_since=None,
        breaches=0,
        clear_since=None,
        recoveries=0,
        data_lost_at=None,
    )
