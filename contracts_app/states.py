"""How a version's state looks: its word and the kind of mark that goes with it."""

from __future__ import annotations

from contracts_app.domain.lifecycle import State
from contracts_app.models import Version

_KINDS = {
    State.DRAFT: "off",
    State.PROPOSED: "wait",
    State.SCHEDULED: "info",
    State.ACTIVE: "ok",
    State.DEPRECATED: "warn",
    State.RETIRED: "off",
    State.WITHDRAWN: "off",
}


def state_of(version: Version) -> tuple[str, str]:
    """The state's word and its kind of mark."""
    state = State(version.state)
    return state.value.capitalize(), _KINDS[state]
