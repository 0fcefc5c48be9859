"""From what an address asks to an answer: shared by the page, its files and the API."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.clock.services import now
from portal.pages.provenance.domain.answer import Answer
from portal.pages.provenance.domain.questions import BadQuestion, read
from portal.pages.provenance.selectors import Offer, answer_for_all, answer_to, find
from portal.pages.provenance.selectors.inputs import DEEPEST


@dataclass(frozen=True)
class Asked:
    """What came of a question: an answer with the milliseconds that it took, or an offer of clearer questions."""

    answer: Answer | None = None
    offer: Offer | None = None
    took_ms: int = 0

    @property
    def seconds(self) -> str:
        """How long it took, for people."""
        return f"{self.took_ms / 1000:.2f} s"


def asked(
    user: Any, text: str, *, known_at: datetime | None = None, depth: int = DEEPEST, proofs: bool = True
) -> Asked:
    """The answer to a text, or the offer; a text that asks nothing is an offer as well.

    `user` None is a machine, whose token the view has checked: it is told what everybody is.
    """
    began = time.perf_counter()
    try:
        found = find(read(text), now=now())
    except BadQuestion as error:
        return Asked(offer=Offer(str(error)))
    if isinstance(found, Offer):
        return Asked(offer=found)
    if user is None:
        answer = answer_for_all(found, known_at=known_at, depth=depth)
    else:
        answer = answer_to(user, found, known_at=known_at, depth=depth, proofs=proofs)
    return Asked(answer=answer, took_ms=round((time.perf_counter() - began) * 1000))
