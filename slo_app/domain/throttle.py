"""How much of its reading a consumer may do while what it reads is out of bounds: levels instead of a gate.

The design, "Auto-throttle": only accuracy and drift throttle. PENDING 1.0, FIRING 0.5, and 0.1 where the budget is
spent or the value lies twice as far from the target as the alert threshold; direct readers get that factor, further
hops 0.5. There only the class `regulated` is denied. After a recovery 0.1, 0.5 and 1.0 over GOOD evaluations, as a
circuit breaker that is half open lets a little through first. What is not measured, and a consumer that lineage does
not know, follow `on_unknown` of the consumer's class: never "allow" by accident.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from .alert import OPEN, Phase
from .bounds import Bound

KINDS = ("accuracy", "drift")
"""The kinds of SLO that throttle."""
RULES = 1
"""The number of this rule table; it goes up when a decision would come out differently."""
REGULATED = "regulated"
FULL, HALF, TENTH, NOTHING = 1.0, 0.5, 0.1, 0.0
LADDER = (TENTH, HALF, FULL)
GOOD = 3
"""k: after so many good evaluations in a row nothing is held back any more."""


class Decision(StrEnum):
    """What a consumer is told."""

    ALLOW = "allow"
    DEGRADE = "degrade"
    DENY = "deny"


class OnUnknown(StrEnum):
    """What a consumer does where nothing is known: fail open or fail closed."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of consumers, and what it does where nothing is known unless somebody sets otherwise."""

    title: str
    about: str
    on_unknown: OnUnknown


BATCH = "batch"
CLASSES = {
    BATCH: Kind("Batch job", "Runs by the clock; what nobody has put into a class is one.", OnUnknown.ALLOW),
    "dashboard": Kind("Dashboard", "Shows numbers to people, who can be told that they are old.", OnUnknown.ALLOW),
    "automatic": Kind("Automatic decision", "Acts on what it reads without a person.", OnUnknown.DENY),
    REGULATED: Kind("Regulated", "Answers to a regulator; the only class that a breach denies.", OnUnknown.DENY),
}


class Cause(StrEnum):
    """Why an SLO is named among the reasons; the value is said to people."""

    NONE = "within bounds"
    PENDING = "out of bounds, not yet for long enough"
    FIRING = "out of bounds"
    FAR = "twice as far from the target as the alert threshold"
    SPENT = "out of bounds with its error budget spent"
    RECOVERING = "back in bounds, not yet for long enough"
    NO_DATA = "not measured"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the newest look at one SLO says. `sampled_at` is None where none ever had a verdict."""

    phase: Phase
    target: Bound
    alert: Bound
    value: Decimal | None = None
    spent: bool = False
    on_target: bool = False
    sampled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What one SLO holds back since when; `good` evaluations are counted up to `counted_at` while it recovers."""

    since: datetime
    cause: Cause = Cause.NONE
    factor: float = FULL
    recovering: bool = False
    good: int = 0
    counted_at: datetime | None = None


def step(was: Held, seen: Seen, at: datetime) -> Held:
    """What it holds back now; taking the same look twice changes nothing.

    >>> from datetime import UTC, timedelta
    >>> noon, minute = datetime(2026, 1, 1, 12, tzinfo=UTC), timedelta(minutes=1)
    >>> bounds = Bound(">=", Decimal("99.9")), Bound("<", Decimal("99.7"))
    >>> held = step(Held(noon), Seen(Phase.FIRING, *bounds, Decimal("99.6"), sampled_at=noon), noon)
    >>> held.cause.name, held.factor
    ('FIRING', 0.5)
    >>> factors = []
    >>> for n in range(1, 5):
    ...     good = Seen(Phase.RESOLVED, *bounds, Decimal(100), on_target=True, sampled_at=noon + n * minute)
    ...     held = step(held, good, good.sampled_at)
    ...     factors.append(held.factor)
    >>> factors
    [0.1, 0.1, 0.5, 1.0]
    """
    now = _now(was, seen)
    same = (was.cause, was.factor) == (now.cause, now.factor)
    return replace(now, since=was.since if same else at)


def _now(was: Held, seen: Seen) -> Held:
    if seen.phase in OPEN:
        kept = was.cause is Cause.FAR and seen.value is None  # a breach without a new value is as bad as it was
        cause = Cause.SPENT if seen.spent else Cause.FAR if kept or is_far(seen) else Cause.FIRING
        factor = HALF if cause is Cause.FIRING else TENTH
        return Held(was.since, cause, factor, recovering=True, good=0, counted_at=seen.sampled_at)
    if seen.phase is Phase.NO_DATA or seen.sampled_at is None:
        return replace(was, cause=Cause.NO_DATA, factor=FULL)
    if was.recovering:
        return _recovering(was, seen)
    return Held(was.since, Cause.PENDING if seen.phase is Phase.PENDING else Cause.NONE)


def _recovering(was: Held, seen: Seen) -> Held:
    """One more good evaluation is one step up; one that is out of bounds starts again, the dead band waits."""
    new = was.counted_at is None or (seen.sampled_at is not None and seen.sampled_at > was.counted_at)
    first = was.cause in (Cause.FIRING, Cause.FAR, Cause.SPENT)
    good = was.good
    if first or seen.phase is Phase.PENDING:
        good = 0
    elif new and seen.on_target:
        good += 1
    if good >= GOOD:
        return Held(was.since)
    factor = LADDER[min(good * 2 // GOOD, 1)]
    return Held(was.since, Cause.RECOVERING, factor, recovering=True, good=good, counted_at=seen.sampled_at)


def is_far(seen: Seen) -> bool:
    """Whether the value lies twice as far from the target as the alert threshold, or farther, on the bad side.

    >>> bounds = Bound("<=", Decimal("0.2")), Bound(">", Decimal("0.25"))
    >>> [is_far(Seen(Phase.FIRING, *bounds, Decimal(value))) for value in ("0.29", "0.3", "0.1")]
    [False, True, False]
    """
    if seen.value is None or seen.target.holds(seen.value):
        return False
    distance = abs(seen.alert.value - seen.target.value)
    return distance > 0 and abs(seen.value - seen.target.value) >= 2 * distance


@dataclass(frozen=True, slots=True)
class Level:
    """What an asset holds back: the lowest factor of its SLOs, whether `regulated` is denied, and what is unknown."""

    factor: float = FULL
    denies: bool = False
    unknown: bool = False


def level_of(held: list[Held]) -> Level:
    """The level over all SLOs of an asset.

    >>> noon = datetime(2026, 1, 1, 12)
    >>> level_of([Held(noon), Held(noon, Cause.FAR, TENTH), Held(noon, Cause.NO_DATA)])
    Level(factor=0.1, denies=True, unknown=True)
    """
    return Level(
        factor=min((each.factor for each in held), default=FULL),
        denies=any(each.cause in (Cause.FAR, Cause.SPENT) for each in held),
        unknown=any(each.cause is Cause.NO_DATA for each in held),
    )


@dataclass(frozen=True, slots=True)
class Who:
    """A consumer: its class, what its class does where nothing is known, and its distance from the asset.

    `hops` is 1 for a job that reads the asset, 2 for one farther down, 0 for one that lineage knows and that reads
    neither, None for one that lineage does not know.
    """

    kind: str
    on_unknown: OnUnknown
    hops: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision, its rate factor, and whether it stands on something that is not known."""

    decision: Decision
    rate_factor: float
    unknown: bool = field(default=False)


def decide(level: Level, who: Who) -> Answer:
    """What the consumer is told.

    >>> far = Level(TENTH, denies=True)
    >>> [decide(far, Who("batch", OnUnknown.ALLOW, hops)).rate_factor for hops in (1, 2)]
    [0.1, 0.5]
    >>> decide(far, Who(REGULATED, OnUnknown.DENY, 1)).decision.value
    'deny'
    >>> decide(Level(), Who("automatic", OnUnknown.DENY, None)).decision.value
    'deny'
    """
    if who.hops == 0:
        return Answer(Decision.ALLOW, FULL)
    unknown = who.hops is None or level.unknown
    if unknown and who.on_unknown is OnUnknown.DENY:
        return Answer(Decision.DENY, NOTHING, unknown=True)
    if who.hops is None:
        return Answer(Decision.ALLOW, FULL, unknown=True)
    if level.denies and who.hops == 1 and who.kind == REGULATED:
        return Answer(Decision.DENY, NOTHING)
    return of_factor(level.factor if who.hops == 1 else max(level.factor, HALF), unknown=unknown)


def of_factor(factor: float, *, unknown: bool = False) -> Answer:
    """The answer that a rate factor is, as an override sets it.

    >>> [of_factor(each).decision.value for each in (FULL, HALF, NOTHING)]
    ['allow', 'degrade', 'deny']
    """
    decision = Decision.DENY if factor <= 0 else Decision.DEGRADE if factor < 1 else Decision.ALLOW
    return Answer(decision, factor, unknown)
