"""The words of the pages: how a version's state looks, and what each gate asks for."""

from __future__ import annotations

from contracts_app.domain.checks.outcome import Outcome, RunState
from contracts_app.domain.lifecycle import State
from contracts_app.models import TestRun, Version

_KINDS = {
    State.DRAFT: "off",
    State.PROPOSED: "wait",
    State.SCHEDULED: "info",
    State.ACTIVE: "ok",
    State.DEPRECATED: "warn",
    State.RETIRED: "off",
    State.WITHDRAWN: "off",
}

GATES = {
    "PO": ("Privacy officer", "The privacy officer signs; no waiver lifts this."),
    "D": ("Deprecation first", "The field is marked deprecated with a removal date, and that date has come."),
    "N": ("Notice", "Consumers are told, and the version waits until the notice ends."),
    "R": ("Readiness run", "The new version is tested on live data before it comes into force."),
    "S": ("New owner", "The new owner signs."),
    "W": ("May be waived", "Notice or readiness run may be waived with a reason, an expiry and a signer."),
}


def state_of(version: Version) -> tuple[str, str]:
    """The state's word and its kind of mark."""
    state = State(version.state)
    return state.value.capitalize(), _KINDS[state]


OUTCOME_KINDS = {
    Outcome.OK: "ok",
    Outcome.FAILED: "bad",
    Outcome.WARNING: "warn",
    Outcome.NOTE: "info",
    Outcome.NOT_RUN: "warn",
    Outcome.NOT_SUPPORTED: "off",
}
_RUN_KINDS = {
    RunState.QUEUED: "wait",
    RunState.RUNNING: "wait",
    RunState.PASSED: "ok",
    RunState.FAILED: "bad",
    RunState.INCOMPLETE: "warn",
    RunState.NOT_TESTED: "off",
}


def state_of_run(run: TestRun) -> tuple[str, str]:
    """The word and the kind of mark of a test run."""
    state = RunState(run.state)
    return state.value.capitalize(), _RUN_KINDS[state]


def counts_of_run(found: TestRun) -> list[tuple[str, str, int]]:
    """What came out how often, as (state, mark, number), the troublesome first and only what there is."""
    order = (Outcome.FAILED, Outcome.WARNING, Outcome.NOT_RUN, Outcome.NOT_SUPPORTED, Outcome.NOTE, Outcome.OK)
    return [(state.value, OUTCOME_KINDS[state], count) for state in order if (count := found.counts.get(state.value))]
