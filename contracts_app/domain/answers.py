"""What a consumer team says of a version during its notice, and what may follow on what.

Source: the design's "Life of a version": consumers accept or object; an objection has a reason and blocks until the
team withdraws it or the accountable role overrules it; silence at the end of the notice is `notified`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Said(StrEnum):
    """One answer of a consumer, or what stands in its place."""

    ACCEPTED = "accepted"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    OVERRULED = "overruled"
    NOTIFIED = "notified"


SETTLED = frozenset({Said.ACCEPTED, Said.WITHDRAWN, Said.OVERRULED, Said.NOTIFIED})
"""Answers that hold nothing back once the notice has run; an objection that was withdrawn is no acceptance."""
WITH_REASON = frozenset({Said.OBJECTED, Said.OVERRULED})


@dataclass(frozen=True, slots=True)
class Named:
    """A consumer as a contract names it: the authored string and what the data is used for."""

    text: str
    purpose: str = ""


def consumers_named(*lists: tuple[Named, ...]) -> tuple[Named, ...]:
    """The consumers of several versions, each string once: one that a new version leaves out is still asked.

    >>> [one.text for one in consumers_named((Named("A"), Named("B")), (Named("b"), Named("C")))]
    ['A', 'B', 'C']
    """
    found: dict[str, Named] = {}
    for each in (one for named in lists for one in named):
        found.setdefault(each.text.strip().lower(), each)
    return tuple(found.values())


def refusal(latest: Said | None, asked: Said, *, reason: str, notice_over: bool) -> str | None:
    """Why this answer cannot follow on the latest one now, or None.

    >>> refusal(None, Said.OBJECTED, reason=" ", notice_over=False)
    'Say why you object: the producer and the accountable person will read it.'
    """
    if asked in WITH_REASON and not reason.strip():
        if asked is Said.OVERRULED:
            return "Say why the objection is overruled: it goes into the ledger, and the team will read it."
        return "Say why you object: the producer and the accountable person will read it."
    if asked is latest:
        return f"The answer is {asked} already."
    if asked in (Said.WITHDRAWN, Said.OVERRULED):
        return None if latest is Said.OBJECTED else "There is no objection to end."
    if asked is Said.OBJECTED and latest is Said.OVERRULED:
        return "The objection was overruled. A new proposal of the contract asks you anew."
    if asked is Said.OBJECTED and notice_over:
        return "The notice is over, and with it the time to object."
    return None
