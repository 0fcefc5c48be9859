"""One result of a contract test: a state, counts and a sentence; never a value of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How one check went. `note` only tells; `not run` and `not supported` say in their sentence why."""

    OK = "ok"
    FAILED = "failed"
    WARNING = "warning"
    NOTE = "note"
    NOT_RUN = "not run"
    NOT_SUPPORTED = "not supported"


class Kind(StrEnum):
    """What was checked, in the order of a run."""

    SCHEMA = "schema"
    TYPE = "type"
    RULE = "rule"
    UNIQUE = "unique"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a run. `failing` of `total` rows, where rows were counted; `text` is the rule as written."""

    kind: Kind
    name: str
    state: Outcome
    sentence: str
    text: str = ""
    failing: int | None = None
    total: int | None = None


class RunState(StrEnum):
    """Where a run stands. `not tested`: nothing could be asked, and the reason says why."""

    QUEUED = "queued"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    NOT_TESTED = "not tested"


OPEN = (RunState.QUEUED, RunState.RUNNING)


def tally(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings ended in each state, every state named."""
    counted = Counter(found.state for found in findings)
    return {state.value: counted[state] for state in Outcome}


def verdict(counts: dict[str, int]) -> RunState:
    """Failed where anything failed; incomplete where a promise was not run; passed only where all was asked.

    What is not supported is said beside it and never counts as passed.

    >>> verdict({"ok": 3, "not run": 1}).value
    'incomplete'
    """
    if counts.get(Outcome.FAILED, 0):
        return RunState.FAILED
    if counts.get(Outcome.NOT_RUN, 0):
        return RunState.INCOMPLETE
    return RunState.PASSED if counts.get(Outcome.OK, 0) else RunState.NOT_TESTED
