"""What other rooms ask of the matrix: who answers for an asset, and who is told of what happens to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.core.catalog.selectors import addresses_of
from portal.core.identity.models import Team, User

from ..domain.holders import HolderKind, read
from ..domain.matrix import Letter
from ..models import Row
from .directory import Behind, directory
from .matrix import asset_lines

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset

TOLD = (Letter.C, Letter.I)


@dataclass(frozen=True, slots=True)
class Accountable:
    """Who answers for an asset by a signed row: the holder, its name, its people today, and which version says so.

    Without people the head of data stands in until the gap is closed.
    """

    holder: str
    label: str
    people: tuple[User, ...]
    version: int
    url: str


@dataclass(frozen=True, slots=True)
class Informed:
    """Where somebody is told, and why: (channel, address) of a person or of a team."""

    channel: str
    address: str
    why: str


def accountable_for(asset: Asset | None) -> Accountable | None:
    """Who answers for the asset by a signed row of the matrix; None where it has no row."""
    return accountables([asset.pk]).get(asset.pk) if asset is not None else None


def accountables(assets: Iterable[int]) -> dict[int, Accountable]:
    """As `accountable_for`, of many assets by their number; those without a signed row are left out."""
    rows = list(Row.objects.filter(asset__in=list(assets)).select_related("version"))
    known = directory({row.accountable for row in rows})
    return {row.asset_id: _accountable(row, known[row.accountable]) for row in rows if row.asset_id is not None}


def accountable_of_workstreams(slugs: Iterable[str]) -> dict[str, Accountable]:
    """Who answers for these workstreams, by their short names; those without a signed row are left out."""
    rows = list(Row.objects.filter(kind="workstream", slug__in=list(slugs)).select_related("version"))
    known = directory({row.accountable for row in rows})
    return {row.slug: _accountable(row, known[row.accountable]) for row in rows}


def informed_of(asset: Asset) -> list[Informed]:
    """Whom a change of the asset is told to: the C and I of its row, or of its contract where it has none."""
    line = asset_lines([asset])[0]
    holders = {holder: letter for letter in reversed(TOLD) for holder in line.row.holders(letter)}
    return _told(holders, line.row.title)


def informed_of_workstream(slug: str) -> list[Informed]:
    """Whom a change of the workstream is told to: its C and I; nobody where there is no such workstream."""
    row = Row.objects.filter(kind="workstream", slug=slug).first()
    if row is None:
        return []
    holders = {holder: letter for letter in reversed(TOLD) for holder in row.row.holders(letter)}
    return _told(holders, row.title)


def _accountable(row: Row, behind: Behind) -> Accountable:
    people = tuple(behind.speakers)
    return Accountable(row.accountable, behind.label, people, row.version.number, row.get_absolute_url())


def _told(holders: dict[str, Letter], title: str) -> list[Informed]:
    """Each address once. A post of everybody is told by the page alone: nobody wants a mail about every asset."""
    known = directory(holders)
    found: dict[tuple[str, str], Informed] = {}
    for holder, letter in holders.items():
        behind = known[holder]
        why = f"You are told because the RACI has {behind.label} as {letter.word.lower()} for {title}."
        for channel, address in _places(holder, behind):
            found.setdefault((channel, address.lower()), Informed(channel, address, why))
    return list(found.values())


def _places(holder: str, behind: Behind) -> list[tuple[str, str]]:
    kind, key = read(holder)
    places = [("email", person.email) for person in behind.people]
    team = Team.objects.filter(slug=key).first() if kind is HolderKind.TEAM else None
    if team is not None:
        places += [("email", address) for address in addresses_of(team, "email")]
    return places
