"""From the identifiers that a person proved to the frozen set of identifiers that will be erased.

Only what was proved in this request seeds the search; everything else that a requester claims is a hint. A link is
followed by itself only where the controller's own source states it as fact, both identifiers belong to one person by
their nature and in that source, and the source says it from either end; any other link (a family's device, a second
address that somebody typed into their profile) waits for a person. The attack this refuses: prove your own e-mail
address, add a victim's customer_id. Pure: `ask` is given, so the sources are not known here, and every limit is a
number below, so a source that lies or goes in circles ends the search and not the worker.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from privacy_app import matching

SURE = 75
"""Percent: a source that is less sure than this does not state a fact."""
MOST_LINKS = 200
"""Links that one source may give for one identifier; one with more does not stand for a person."""
MOST_MEMBERS = 200
PROVED = "proved by the subject"


class Identifier(NamedTuple):
    """A kind (`email`, `customer_id`) and its normalised value."""

    kind: str
    value: str


@dataclass(frozen=True)
class Edge:
    """`source` says that `start` and `end` belong together, with a confidence in percent.

    `persons` counts the persons that the source's rows name (0: it does not say); `written` is the end as the source
    writes it, empty where that is the normal form.
    """

    start: Identifier
    end: Identifier
    source: str
    confidence: int
    asserted: bool
    single_person: bool
    persons: int = 0
    written: str = ""

    @property
    def behind(self) -> int:
        """How many persons stand behind it, at least as many as the source admits."""
        return self.persons or (1 if self.single_person else 2)


class Found(NamedTuple):
    """One member of the resolved set: where it came from, how sure that is, and how sources write it."""

    identifier: Identifier
    source: str
    confidence: int
    written: str = ""
    shared: bool = False


class Waiting(NamedTuple):
    """A link that a person decides about: why, and how many persons stand behind its end."""

    edge: Edge
    why: str
    persons: int
    claimed: bool


class TooMany(ValueError):
    """A source ties so much to one person that it cannot be believed; `source` is who said the last of it."""

    def __init__(self, source: str, limit: int) -> None:
        super().__init__(
            f"{source} ties more than {limit} identifiers to one person, so nothing of it is followed. "
            "Look at its identity map, or leave this source out with a reason."
        )
        self.source = source


@dataclass
class Resolution:
    """The resolved set, the links that wait for a person, and the claims that nothing proved."""

    members: dict[Identifier, Found] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    refused: list[Identifier] = field(default_factory=list)


Ask = Callable[[Identifier], Iterable[Edge]]
Pair = tuple[Identifier, Identifier]


def resolve(
    proved: Iterable[Identifier],
    ask: Ask,
    *,
    claimed: Iterable[Identifier] = (),
    confirmed: frozenset[Pair] = frozenset(),
) -> Resolution:
    """Follow links from the proved identifiers until nothing new is found.

    `ask(identifier)` gives the links that start there. `confirmed` are links that a person followed by hand. Raises
    TooMany for a source that says more than anybody can have.
    """
    claims = tuple(claimed)
    search = _Search(ask, confirmed, frozenset(claims))
    search.run(Found(each, PROVED, 100) for each in proved)
    search.found.refused = [each for each in claims if each not in search.found.members]
    return search.found


class _Search:
    """One walk over the links, breadth first; every identifier is asked for once."""

    def __init__(self, ask: Ask, confirmed: frozenset[Pair], claims: frozenset[Identifier]) -> None:
        self.ask, self.confirmed, self.claims = ask, confirmed, claims
        self.asked: dict[Identifier, list[Edge]] = {}
        self.found = Resolution()
        self.open: dict[Pair, Waiting] = {}

    def run(self, seeds: Iterable[Found]) -> None:
        frontier = deque(seeds)
        while frontier:
            member = frontier.popleft()
            if member.identifier in self.found.members:
                continue
            self.found.members[member.identifier] = member
            if len(self.found.members) > MOST_MEMBERS:
                raise TooMany(member.source, MOST_MEMBERS)
            frontier.extend(self._onward(member))
        self.found.waiting = [each for (_, end), each in self.open.items() if end not in self.found.members]

    def _onward(self, member: Found) -> Iterable[Found]:
        for edge in self.links(member.identifier):
            if not matching.rule_of(edge.end.kind).identifies:
                continue
            why = self._why_it_waits(member, edge)
            by_hand = (edge.start, edge.end) in self.confirmed
            if not why or by_hand:
                sure = min(member.confidence, edge.confidence)
                yield Found(edge.end, edge.source, sure, edge.written, shared=bool(why))
            elif edge.end not in self.found.members:
                claimed = edge.end in self.claims
                self.open.setdefault((edge.start, edge.end), Waiting(edge, why, self._behind(edge), claimed))

    def links(self, identifier: Identifier) -> list[Edge]:
        """What the sources say of it; an answer about another identifier is no answer."""
        if identifier not in self.asked:
            said = [each for each in self.ask(identifier) if each.start == identifier and each.end != identifier]
            self.asked[identifier] = list(dict.fromkeys(said))
            _believable(self.asked[identifier])
        return self.asked[identifier]

    def _behind(self, edge: Edge) -> int:
        """Persons behind the link as seen from both of its ends."""
        back = [each for each in self.links(edge.end) if each.end == edge.start]
        return max([edge.behind, *(each.behind for each in back)])

    def _why_it_waits(self, member: Found, edge: Edge) -> str:
        """Why this link is not followed by itself; empty where it is."""
        reasons = (
            (not edge.asserted, "the source does not state it as fact"),
            (edge.confidence < SURE, f"the source is only {edge.confidence} % sure"),
            (member.shared or not _personal(edge.start.kind), "it starts at something that several people may share"),
            (not _personal(edge.end.kind), f"a {matching.rule_of(edge.end.kind).label} may belong to several people"),
            (_respelled(edge), "the source writes it in another form than ours"),
            (not edge.single_person, "the source names several people for it"),
        )
        return next((why for true, why in reasons if true), "") or self._why_not_back(edge)

    def _why_not_back(self, edge: Edge) -> str:
        """A link counts from both ends: an address that somebody typed into their profile does not lead back."""
        back = [each for each in self.links(edge.end) if each.source == edge.source]
        if not any(each.end == edge.start for each in back):
            return "the source does not lead back from there to this person"
        if self._behind(edge) > 1:
            return "from its other end it belongs to several people"
        return ""


def _personal(kind: str) -> bool:
    return matching.rule_of(kind).one_person


def _respelled(edge: Edge) -> bool:
    """Whether the source's spelling is more than our folding of letter case: then it may be somebody else's."""
    if not edge.written or edge.written == edge.end.value:
        return False
    return not (matching.rule_of(edge.end.kind).folds and edge.written.lower() == edge.end.value)


def _believable(links: Iterable[Edge]) -> None:
    counts: dict[str, int] = {}
    for each in links:
        counts[each.source] = counts.get(each.source, 0) + 1
        if counts[each.source] > MOST_LINKS:
            raise TooMany(each.source, MOST_LINKS)


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
