"""The links of a request that a person decides about, masked and grouped."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from privacy_app import matching, sealing
from privacy_app.keystore import KeyShredded
from privacy_app.models import Request, WaitingEdge

SHOWN_OF_A_GROUP = 20


@dataclass(frozen=True)
class MaskedLink:
    """One link with both of its ends masked."""

    row: WaitingEdge
    start: str
    end: str


@dataclass
class LinkGroup:
    """The open links of one source to one kind of identifier: they can be decided alike."""

    source: str
    kind: str
    label: str
    links: list[MaskedLink] = field(default_factory=list)

    @property
    def shown(self) -> list[MaskedLink]:
        return self.links[:SHOWN_OF_A_GROUP]

    @property
    def hidden(self) -> int:
        return max(len(self.links) - SHOWN_OF_A_GROUP, 0)


def open_links(request: Request) -> list[LinkGroup]:
    """The links that wait, those that the requester also named first."""
    groups: dict[tuple[str, str], LinkGroup] = {}
    rows = request.waiting_edges.filter(decision=WaitingEdge.Decision.OPEN).order_by("-claimed", "source", "kind", "pk")
    for each in _masked(request, rows):
        key = (each.row.source, each.row.kind)
        made = LinkGroup(*key, matching.rule_of(each.row.kind).label or each.row.kind)
        groups.setdefault(key, made).links.append(each)
    return list(groups.values())


def decided_links(request: Request) -> list[MaskedLink]:
    """The links that a person decided about."""
    rows = request.waiting_edges.exclude(decision=WaitingEdge.Decision.OPEN).select_related("decided_by")
    return list(_masked(request, rows))


def _masked(request: Request, rows: Iterable[WaitingEdge]) -> Iterable[MaskedLink]:
    for row in rows:
        yield MaskedLink(row, *_ends(request, row))


def _ends(request: Request, row: WaitingEdge) -> tuple[str, str]:
    if row.sealed is None:
        return "destroyed", "destroyed"
    try:
        start, end = sealing.unseal(request.key_name, row.sealed)
    except KeyShredded:
        return "destroyed", "destroyed"
    return matching.hint(*start), matching.hint(*end)
