"""What was known when: since which receipt each edge of a run has been held, and until which.

At receipt time K the portal held exactly what the events received until K prove. Receipt and event time are
independent: a late event changes what is known from its receipt on, whatever time it speaks about. The result is a
pure function of the events with their receipt times.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from lineage_app.domain.edges import Derived, EdgeState, derive, own_and_foreign
from lineage_app.domain.names import Name
from lineage_app.domain.runs import Received, accumulate, states


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


def held_edges(received: Iterable[Received]) -> list[Held]:
    """Return every edge that the events of one subject ever proved, with the receipt times between which it was
    held.
    """
    events = list(received)
    current: dict[EdgeKey, Held] = {}
    past: list[Held] = []
    for at in sorted({item.received_at for item in events}):
        proved = proofs([item for item in events if item.received_at <= at])
        past += [held._replace(known_to=at) for key, held in current.items() if key not in proved]
        current = {
            key: Held(key, proof, current[key].known_from if key in current else at, None)
            for key, proof in proved.items()
        }
    return [*past, *current.values()]


def proofs(received: list[Received]) -> dict[EdgeKey, Proof]:
    """Return the edges that all of `received`, events of one subject, prove together."""
    inside, extra = own_and_foreign(received)
    own = [item for item in received if not item.foreign]
    state = accumulate(own or received)
    found: dict[EdgeKey, Proof] = {}
    for derived, foreign, said in ((inside, False, own), (extra, True, received)):
        if derived is None or derived.state is None or not derived.edges:
            continue
        firsts = _first_times(said)
        for src, dst in derived.edges:
            key = EdgeKey(src, dst, state.job, derived.state, foreign)
            seen_at = state.ended_at or state.last_at
            first = min(firsts.get((src, dst, derived.state), seen_at), seen_at)
            found[key] = Proof(first, seen_at, max(state.tokens, default=None))
    return found


def _first_times(events: list[Received]) -> dict[tuple[Name, Name, EdgeState], datetime]:
    """Return the event time since which each edge is proved without a break."""
    firsts: dict[tuple[Name, Name, EdgeState], datetime] = {}
    for state in states(events):
        derived: Derived = derive(state)
        if derived.state is not None:
            keys = [(src, dst, derived.state) for src, dst in derived.edges]
            firsts = {key: firsts.get(key, state.last_at) for key in keys}
    return firsts
