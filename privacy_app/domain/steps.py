"""When a step may be leased, for how long, and how long to wait after a failure.

A lease is a promise with an end: a worker that dies leaves it behind, and the step is leased again with a
higher fencing number (Kleppmann, "How to do distributed locking"), which is checked before anything is
replaced. Pure: `now` is given.
"""

from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(seconds=90)
HEARTBEAT = timedelta(seconds=20)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=30)
ATTEMPTS = 16
"""About four hours of trying: a system that is down for an hour is back in time; of a longer one a person hears."""


class StepState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    RETRY = "retry"
    BY_HAND = "by_hand"
    PURGE_WAITS = "purge_wait"
    """Deleted; the purge that stops readers or destroys history waits for the system's window."""
    DONE = "done"
    GAVE_UP = "gave_up"


SETTLED = frozenset({StepState.DONE, StepState.GAVE_UP})


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failed attempt: doubling from ten seconds up to half an hour.

    >>> [wait_after(n).total_seconds() for n in (1, 2, 3, 20)]
    [10.0, 20.0, 40.0, 1800.0]
    """
    return min(FIRST_WAIT * (1 << min(max(attempts - 1, 0), 20)), LONGEST_WAIT)


def may_lease(state: StepState, now: datetime, *, lease_until: datetime | None, next_attempt: datetime | None) -> bool:
    """Whether a worker may take this step: it waits, its retry is due, or its holder's lease ran out."""
    if state is StepState.RUNNING:
        return lease_until is None or lease_until <= now
    if state in (StepState.RETRY, StepState.PURGE_WAITS):
        return next_attempt is None or next_attempt <= now
    return state is StepState.WAITING


def after_failure(attempts: int, now: datetime) -> tuple[StepState, datetime | None]:
    """The state after the n-th failure and when to try again; gives up after sixteen attempts."""
    if attempts >= ATTEMPTS:
        return StepState.GAVE_UP, None
    return StepState.RETRY, now + wait_after(attempts)
