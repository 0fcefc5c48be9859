"""From the identifiers that a person proved to the frozen set of identifiers that will be erased.

Only what was proved in this request seeds the search; everything else that a requester claims is a hint. An
edge is followed by itself only where the controller's own source asserts it and the identifier belongs to one
person; any other edge (a family's device) waits for a person's confirmation. The attack this refuses: prove
your own e-mail address, add a victim's customer_id. Pure: `ask` is given, so the sources are not known here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Identifier(NamedTuple):
    """A kind (`email`, `customer_id`) and its normalised value."""

    kind: str
    value: str


@dataclass(frozen=True)
class Edge:
    """`source` says that `start` and `end` belong together, with a confidence in percent."""

    start: Identifier
    end: Identifier
    source: str
    confidence: int
    asserted: bool
    single_person: bool

    @property
    def follows_by_itself(self) -> bool:
        return self.asserted and self.single_person


class Found(NamedTuple):
    """One member of the resolved set: where it came from and how sure that is."""

    identifier: Identifier
    source: str
    confidence: int


@dataclass
class Resolution:
    """The resolved set, the edges that wait for a person, and the claims that nothing proved."""

    members: dict[Identifier, Found] = field(default_factory=dict)
    waiting: list[Edge] = field(default_factory=list)
    refused: list[Identifier] = field(default_factory=list)


def resolve(
    proved: Iterable[Identifier],
    ask: Callable[[Identifier], Iterable[Edge]],
    *,
    claimed: Iterable[Identifier] = (),
    confirmed: frozenset[tuple[Identifier, Identifier]] = frozenset(),
) -> Resolution:
    """Follow edges from the proved identifiers until nothing new is found.

    `ask(identifier)` gives the edges that start there. `confirmed` are edges that a person followed by hand.
    """
    found = Resolution()
    frontier = [Found(each, "proved by the subject", 100) for each in proved]
    while frontier:
        member = frontier.pop(0)
        if member.identifier in found.members:
            continue
        found.members[member.identifier] = member
        for edge in ask(member.identifier):
            if edge.follows_by_itself or (edge.start, edge.end) in confirmed:
                frontier.append(Found(edge.end, edge.source, min(member.confidence, edge.confidence)))
            else:
                found.waiting.append(edge)
    found.waiting = [edge for edge in found.waiting if edge.end not in found.members]
    found.refused = [each for each in claimed if each not in found.members]
    return found


def frozen_form(resolution: Resolution, token: Callable[[str, str], str]) -> list[dict[str, str | int]]:
    """The resolved set as a list to hash: tokens instead of values, in one order.

    `token(kind, value)` is the request's own pseudonym, so the digest does not keep the subject.
    """
    rows: list[dict[str, str | int]] = [
        {
            "kind": member.identifier.kind,
            "token": token(member.identifier.kind, member.identifier.value),
            "source": member.source,
            "confidence": member.confidence,
        }
        for member in resolution.members.values()
    ]
    return sorted(rows, key=lambda row: (row["kind"], row["token"]))
