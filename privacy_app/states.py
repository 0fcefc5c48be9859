"""How states and verdicts are drawn: a word and a kind of the look, never colour alone."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from privacy_app.domain.request import State
from privacy_app.domain.steps import StepState
from privacy_app.domain.verdict import Verdict

if TYPE_CHECKING:
    from privacy_app.models import Recheck


class Drawn(NamedTuple):
    word: str
    kind: str


REQUEST = {
    State.RECEIVED: Drawn("Received", "info"),
    State.IDENTITY_PENDING: Drawn("Waits for the code", "wait"),
    State.RESOLVING: Drawn("Finding identifiers", "wait"),
    State.PLANNING: Drawn("To plan", "wait"),
    State.AWAITING_APPROVAL: Drawn("To approve", "wait"),
    State.PROPAGATING: Drawn("Deleting", "info"),
    State.VERIFYING: Drawn("Checking again", "info"),
    State.COMPLETED: Drawn("Completed", "ok"),
    State.DENIED: Drawn("Denied", "off"),
    State.PAUSED: Drawn("Paused", "off"),
    State.PARTIALLY_COMPLETE: Drawn("Partially complete", "bad"),
    State.REOPENED: Drawn("Reopened", "bad"),
    State.CANCELLED: Drawn("Cancelled", "off"),
    State.DUPLICATE: Drawn("Duplicate", "off"),
}
STEP = {
    StepState.WAITING: Drawn("Waits", "off"),
    StepState.RUNNING: Drawn("Running", "info"),
    StepState.RETRY: Drawn("Failed, will be tried again", "bad"),
    StepState.BY_HAND: Drawn("With a person", "wait"),
    StepState.PURGE_WAITS: Drawn("Deleted, purge waits", "wait"),
    StepState.DONE: Drawn("Done", "ok"),
    StepState.GAVE_UP: Drawn("Gave up", "bad"),
}
VERDICT = {
    Verdict.FAILED: Drawn("Still there", "bad"),
    Verdict.NOT_PROBED: Drawn("Not probed", "off"),
    Verdict.EXEMPT: Drawn("Exempt", "off"),
    Verdict.RESIDUAL: Drawn("Expires later", "warn"),
    Verdict.NO_BASELINE: Drawn("Not found", "off"),
    Verdict.ERASED: Drawn("Erased", "ok"),
}
HOLD = {
    "in_force": Drawn("In force", "info"),
    "to_review": Drawn("To be reviewed", "warn"),
    "expired": Drawn("Expired", "off"),
    "released": Drawn("Released", "off"),
}
RESTORE = {
    "noted": Drawn("Waits for the replay", "wait"),
    "replayed": Drawn("Replayed, nobody is left", "ok"),
    "failed": Drawn("Not clean", "bad"),
    "live": Drawn("Live", "ok"),
}


def recheck_drawn(recheck: "Recheck", at: datetime) -> Drawn:
    """How a look after the proof is drawn."""
    if recheck.ran_at is None:
        return Drawn("Running", "info") if recheck.is_due(at) else Drawn("To come", "off")
    if recheck.found:
        return Drawn("Found again", "bad")
    return Drawn("Not asked everywhere", "warn") if recheck.unasked else Drawn("Stayed away", "ok")
