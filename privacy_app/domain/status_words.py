"""One state, three vocabularies: ours, OpenDSR's and the Data Rights Protocol's.

Sources: OpenDSR 2.0 `request_status` (pending, in_progress, completed, cancelled); Data Rights Protocol 1.0, 3.02
(open, in_progress, fulfilled, revoked, denied, expired, with reasons). DRP says `expired` of a request whose records
are no longer kept; an identity that nobody proved in time is `denied`, `insuf_verification`. Pure.
"""

from enum import StrEnum
from typing import NamedTuple

from privacy_app.domain.request import State


class Because(StrEnum):
    """Why a request ended without a deletion."""

    NOTHING = ""
    DENIED = "denied"
    UNVERIFIED = "unverified"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"


class Words(NamedTuple):
    """What the two protocols call a state; `reason` is DRP's, empty where it has none."""

    opendsr: str
    drp: str
    reason: str = ""


_WORDS: dict[State, Words] = {
    State.RECEIVED: Words("pending", "open"),
    State.IDENTITY_PENDING: Words("pending", "in_progress", "need_user_verification"),
    State.RESOLVING: Words("in_progress", "in_progress"),
    State.PLANNING: Words("in_progress", "in_progress"),
    State.AWAITING_APPROVAL: Words("in_progress", "in_progress"),
    State.PROPAGATING: Words("in_progress", "in_progress"),
    State.VERIFYING: Words("in_progress", "in_progress"),
    State.COMPLETED: Words("completed", "fulfilled"),
    State.DENIED: Words("cancelled", "denied", "other"),
    State.PAUSED: Words("in_progress", "in_progress"),
    State.PARTIALLY_COMPLETE: Words("in_progress", "in_progress"),
    State.REOPENED: Words("in_progress", "in_progress"),
    State.CANCELLED: Words("cancelled", "revoked"),
    State.DUPLICATE: Words("cancelled", "denied", "too_many_requests"),
}


def words_of(state: State, because: str = "", *, kept: bool = True) -> Words:
    """What the protocols call `state`, given why it ended; `kept` is False once the request's own data is destroyed.

    >>> words_of(State.DENIED, Because.UNVERIFIED)
    Words(opendsr='cancelled', drp='denied', reason='insuf_verification')
    >>> words_of(State.COMPLETED, kept=False).drp
    'expired'
    """
    found = _WORDS[state]
    if not kept:
        return Words(found.opendsr, "expired")
    if because == Because.UNVERIFIED:
        return found._replace(reason="insuf_verification")
    return found


_NEXT: dict[State, str] = {
    State.RECEIVED: "We have your request. We will ask you to show that it is you.",
    State.IDENTITY_PENDING: "Enter the code of our message. Nothing is looked up or deleted without it.",
    State.RESOLVING: "We are finding out under which numbers your data is kept. There is nothing for you to do.",
    State.PLANNING: "We are writing down every place where your data is. There is nothing for you to do.",
    State.AWAITING_APPROVAL: "A second person reads the plan before anything is deleted. You need do nothing.",
    State.PROPAGATING: "Your data is being deleted, system by system. It can no longer be stopped once it has begun.",
    State.VERIFYING: "Every system is asked once more whether anything is left. Then you get the proof.",
    State.COMPLETED: "Your data was deleted.",
    State.DENIED: "We did not delete your data; the reason is below.",
    State.PAUSED: "We wait for something. The law's deadline does not move.",
    State.PARTIALLY_COMPLETE: "Most of it is done; one system or more still shows your data. We go on.",
    State.REOPENED: "Something of yours came back into a system. We delete it again.",
    State.CANCELLED: "The request was ended before anything was deleted.",
    State.DUPLICATE: "You have an older request. This one is part of it, and the older one's deadline counts.",
}


def what_next(state: State) -> str:
    """What happens now, as a sentence for the subject."""
    return _NEXT[state]
