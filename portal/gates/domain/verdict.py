"""What the gate says: findings with a state each, a state a gate, one verdict.

"Not yet known" is a state of its own: where a fact is missing the gate neither passes nor fails, and the verdict is
undecided, never green. A waived finding lets through and stays to be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How one finding or one gate stands; the order is the order of loudness."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    PASS = "pass"  # noqa: S105  # a state, no password


class Outcome(StrEnum):
    """The whole verdict; `ungated` is a deploy that went through while nobody could be asked."""

    PASS = "pass"  # noqa: S105  # an outcome, no password
    FAIL = "fail"
    UNDECIDED = "undecided"
    UNGATED = "ungated"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a gate looked at: which rule, how it stands, where, who can unblock it, and what to do.

    `path` is what the rule was asked about (an asset's key, a field): what a waiver names. `waiver` is the number of
    one that is in use already.
    """

    rule: str
    state: State
    message: str
    path: str = ""
    file: str = ""
    line: int = 0
    who: str = ""
    todo: str = ""
    contract: str = ""
    version: str = ""
    waiver: int = 0


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate and what it found."""

    key: str
    title: str
    found: list[Found] = field(default_factory=list)

    @property
    def state(self) -> State:
        """The loudest finding's; a gate that had nothing to look at passes."""
        return loudest(one.state for one in self.found)


def loudest(states: Iterable[State]) -> State:
    """The first in the order of loudness.

    >>> loudest([State.PASS, State.UNKNOWN, State.WAIVED]), loudest([])
    (<State.UNKNOWN: 'unknown'>, <State.PASS: 'pass'>)
    """
    found = set(states)
    return next((state for state in State if state in found), State.PASS)


def outcome(gates: Iterable[Gate]) -> Outcome:
    """The verdict over all gates: one failure fails, else one unknown leaves it undecided.

    >>> outcome([Gate("a", "A", [Found("r", State.WAIVED, "m")])])
    <Outcome.PASS: 'pass'>
    """
    state = loudest(gate.state for gate in gates)
    return {State.FAIL: Outcome.FAIL, State.UNKNOWN: Outcome.UNDECIDED}.get(state, Outcome.PASS)
