"""What was known when: since which receipt each edge of a run has been held, and until which.

At receipt time K the portal held exactly what the events received until K prove. Receipt and event time are
independent: a late event changes what is known from its receipt on, whatever time it speaks about. The result is a
pure function of the events with their receipt times.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from lineage_app.domain.edges import Derived, EdgeState
from lineage_app.domain.folding import Fold
from lineage_app.domain.names import Name
from lineage_app.domain.runs import Received


class EdgeKey(NamedTuple):
    """What makes an edge of a run one: its ends, its job, how it is known, and whether only foreign events say so."""

    src: Name
    dst: Name
    job: Name | None
    state: EdgeState
    foreign: bool


class Proof(NamedTuple):
    """The event times between which a run proves an edge, and the token that brought it."""

    first_at: datetime
    seen_at: datetime
    token: int | None


class Held(NamedTuple):
    """An edge with its proof, held from one time of receipt until before another (None: still held)."""

    key: EdgeKey
    proof: Proof
    known_from: datetime
    known_to: datetime | None


class Account:
    """One subject's events, taken in by receipt: what its own events say, what all of them say, what was held when.

    `own` speaks for the subject; where there are none but foreign events, `everything` does.
    """

    def __init__(self, received: Iterable[Received]) -> None:
        self.own = Fold()
        self.everything = self.own
        self.held: list[Held] = []
        current: dict[EdgeKey, Held] = {}
        events = sorted({item.digest: item for item in received}.values(), key=lambda item: item.received_at)
        if any(item.foreign for item in events):
            self.everything = Fold()
        for at, group in groupby(events, key=lambda item: item.received_at):
            self._take(list(group))
            current = self._held_after(at, current)
        self.held += current.values()

    @property
    def speaker(self) -> Fold:
        """The fold that tells status, times and facets."""
        return self.own if self.own.events else self.everything

    def _take(self, group: list[Received]) -> None:
        self.own.add([item for item in group if not item.foreign])
        if self.everything is not self.own:
            self.everything.add(group)

    def _held_after(self, at: datetime, current: dict[EdgeKey, Held]) -> dict[EdgeKey, Held]:
        proved = self.proofs()
        self.held += [held._replace(known_to=at) for key, held in current.items() if key not in proved]
        return {
            key: Held(key, proof, current[key].known_from if key in current else at, None)
            for key, proof in proved.items()
        }

    def proofs(self) -> dict[EdgeKey, Proof]:
        """Return the edges that the events taken in so far prove together."""
        found = self._proofs(self.own, self.own.derived, foreign=False)
        if self.everything is not self.own:
            extra = self.everything.derived.without(self.own.derived)
            found |= self._proofs(self.everything, extra, foreign=True)
        return found

    def _proofs(self, fold: Fold, derived: Derived, *, foreign: bool) -> dict[EdgeKey, Proof]:
        if derived.state is None or not derived.edges:
            return {}
        state = self.speaker.state
        seen_at, token = state.ended_at or state.last_at, max(state.tokens, default=None)
        return {
            EdgeKey(src, dst, state.job, derived.state, foreign): Proof(
                min(fold.firsts[src, dst, derived.state], seen_at), seen_at, token
            )
            for src, dst in derived.edges
        }


def held_edges(received: Iterable[Received]) -> list[Held]:
    """Return every edge that the events of one subject ever proved, with the receipt times between which it was
    held.
    """
    return Account(received).held
