"""The life of a deletion request as a table of transitions.

The table is the single source: services ask `move`, the SOP document is printed from it, and a stateful
Hypothesis test walks it. Pure, so that the rule "cancel until the first destructive step" (GDPR 12(2):
facilitate the exercise of rights, but nothing destroyed comes back) can be read and tested without a
database.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    RECEIVED = "received"
    IDENTITY_PENDING = "identity_pending"
    RESOLVING = "resolving"
    PLANNING = "planning"
    AWAITING_APPROVAL = "awaiting_approval"
    PROPAGATING = "propagating"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    DENIED = "denied"
    PAUSED = "paused"
    PARTIALLY_COMPLETE = "partially_complete"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"


class Action(StrEnum):
    SEND_CODE = "send_code"
    VERIFY_IDENTITY = "verify_identity"
    ATTACH_DUPLICATE = "attach_duplicate"
    FREEZE_SCOPE = "freeze_scope"
    SUBMIT_PLAN = "submit_plan"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    ALL_STEPS_SETTLED = "all_steps_settled"
    COMPLETE = "complete"
    COMPLETE_IN_PART = "complete_in_part"
    RETRY = "retry"
    FOUND_AGAIN = "found_again"
    HOLD_ENDED = "hold_ended"
    PLAN_AGAIN = "plan_again"
    CLOSE_AGAIN = "close_again"
    DENY = "deny"
    CANCEL = "cancel"
    EXPIRE = "expire"
    PAUSE = "pause"
    RESUME = "resume"


BEFORE_APPROVAL = (
    State.RECEIVED,
    State.IDENTITY_PENDING,
    State.RESOLVING,
    State.PLANNING,
    State.AWAITING_APPROVAL,
)
ENDED = frozenset({State.COMPLETED, State.DENIED, State.CANCELLED, State.DUPLICATE})
OPEN = frozenset(State) - ENDED

_STRAIGHT: dict[tuple[State, Action], State] = {
    (State.RECEIVED, Action.SEND_CODE): State.IDENTITY_PENDING,
    (State.RECEIVED, Action.VERIFY_IDENTITY): State.RESOLVING,
    (State.IDENTITY_PENDING, Action.SEND_CODE): State.IDENTITY_PENDING,
    (State.IDENTITY_PENDING, Action.VERIFY_IDENTITY): State.RESOLVING,
    (State.RESOLVING, Action.ATTACH_DUPLICATE): State.DUPLICATE,
    (State.RESOLVING, Action.FREEZE_SCOPE): State.PLANNING,
    (State.PLANNING, Action.SUBMIT_PLAN): State.AWAITING_APPROVAL,
    (State.AWAITING_APPROVAL, Action.SEND_BACK): State.PLANNING,
    (State.AWAITING_APPROVAL, Action.APPROVE): State.PROPAGATING,
    (State.PROPAGATING, Action.ALL_STEPS_SETTLED): State.VERIFYING,
    (State.VERIFYING, Action.COMPLETE): State.COMPLETED,
    (State.VERIFYING, Action.COMPLETE_IN_PART): State.PARTIALLY_COMPLETE,
    (State.PARTIALLY_COMPLETE, Action.RETRY): State.PROPAGATING,
    (State.COMPLETED, Action.FOUND_AGAIN): State.REOPENED,
    (State.COMPLETED, Action.HOLD_ENDED): State.REOPENED,
    (State.REOPENED, Action.PLAN_AGAIN): State.PLANNING,
    (State.REOPENED, Action.CLOSE_AGAIN): State.COMPLETED,
    (State.PROPAGATING, Action.CANCEL): State.CANCELLED,
    # Nobody proved the address in time: an answer is owed, with its remedies (GDPR Art. 12(4)), so it is a denial.
    (State.IDENTITY_PENDING, Action.EXPIRE): State.DENIED,
}
_ENDING = {
    (state, action): target
    for state in BEFORE_APPROVAL
    for action, target in (
        (Action.DENY, State.DENIED),
        (Action.CANCEL, State.CANCELLED),
        (Action.PAUSE, State.PAUSED),
    )
}
_PAUSED = {
    (State.PAUSED, Action.DENY): State.DENIED,
    (State.PAUSED, Action.CANCEL): State.CANCELLED,
}
# RESUME is the one move whose target is not in the table: it leads back to where the pause began.
TRANSITIONS: dict[tuple[State, Action], State] = _STRAIGHT | _ENDING | _PAUSED


class TransitionRefused(ValueError):
    """A move that the table does not hold; the message is a sentence for the person who tried it."""


@dataclass(frozen=True)
class Facts:
    """What a move may depend on besides the state."""

    paused_from: State | None = None
    destructive_step_begun: bool = False


def move(state: State, action: Action, facts: Facts | None = None) -> State:
    """The state after `action`.

    Raises TransitionRefused when the table has no such move, when a paused request does not know where it was
    paused, or when a cancellation comes after the first destructive step.

    >>> move(State.RECEIVED, Action.SEND_CODE).value
    'identity_pending'
    """
    facts = facts or Facts()
    if (state, action) == (State.PAUSED, Action.RESUME):
        return _resumed(facts)
    target = TRANSITIONS.get((state, action))
    if target is None:
        raise TransitionRefused(
            f"A request that is {words(state)} cannot {words(action)}; possible now: {_possible(state)}."
        )
    if action is Action.CANCEL and facts.destructive_step_begun:
        raise TransitionRefused(
            "The deletion has already begun in at least one system, so it can no longer be cancelled."
        )
    return target


def _resumed(facts: Facts) -> State:
    if facts.paused_from not in BEFORE_APPROVAL:
        raise TransitionRefused("This pause does not say which state it began in, so it cannot be resumed.")
    return facts.paused_from


def actions_from(state: State) -> tuple[Action, ...]:
    """The moves that the table knows from `state`, in a stable order."""
    known = {action for (source, action) in TRANSITIONS if source is state}
    if state is State.PAUSED:
        known.add(Action.RESUME)
    return tuple(sorted(known))


def _possible(state: State) -> str:
    return ", ".join(words(action) for action in actions_from(state)) or "nothing, it has ended"


def words(name: State | Action) -> str:
    """A state or action as people read it: `awaiting approval`."""
    return name.value.replace("_", " ")
