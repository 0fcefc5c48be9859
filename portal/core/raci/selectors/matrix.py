"""The matrix as it holds today: the signed rows, and for tier-1 assets without one what catalog and contract say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import slugify

from portal.core.catalog.selectors import tier_one_assets
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role

from ..domain.gaps import Gap, gaps_of
from ..domain.holders import HolderKind, written
from ..domain.matrix import LETTERS, Letter, RowKind, Seat
from ..domain.matrix import Row as PureRow
from ..models import Row, Version
from .directory import Behind, Directory, directory, resolve, standings
from .sources import Stated, stated_of

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset

KEEPER = written(HolderKind.ROLE, Role.HEAD_OF_DATA.value)
"""Who answers for a tier-1 asset where nothing else is said, as in the table of acts, and keeps the matrix."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a cell comes from, in words, and its page."""

    word: str
    url: str = ""
    signed: bool = False


@dataclass(slots=True)
class Cell:
    """One duty of a line: who has it today, and where that is said."""

    letter: Letter
    holders: Sequence[Behind]
    source: Source


@dataclass(slots=True)
class Line:
    """A row of the matrix as it is shown; `signed` is False where it only follows from catalog and contract.

    `choosable`: the reader may propose it together with others.
    """

    row: PureRow
    url: str
    sources: dict[Letter, Source]
    asset: Asset | None = None
    signed: bool = False
    cells: list[Cell] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    choosable: bool = False

    @property
    def kind(self) -> str:
        """Workstream or asset."""
        return self.row.kind.value

    def letters_of(self, holder: str) -> str:
        """The duties of a holder in this line, as `A R`."""
        return " ".join(letter.value for letter in LETTERS if holder in self.row.holders(letter))


def current() -> Version | None:
    """The version in force."""
    return Version.objects.select_related("proposal").first()


def workstream_lines() -> list[Line]:
    """The workstreams, by title."""
    found = Row.objects.filter(kind=RowKind.WORKSTREAM).select_related("version").order_by("title")
    return [_signed(each) for each in found]


def asset_lines(assets: Iterable[Asset]) -> list[Line]:
    """A line for each of these assets: its signed row, or what is said of it elsewhere."""
    assets = list(assets)
    rows, stated, holders = _known_of(assets)
    return [
        _signed(rows[asset.pk], asset) if asset.pk in rows else _derived(asset, stated.get(asset.pk), holders)
        for asset in assets
    ]


def _known_of(assets: Sequence[Asset]) -> tuple[dict[int | None, Row], dict[int, Stated], dict[str, str]]:
    """The signed rows of these assets, what is stated of the others, and the holders that its words mean."""
    ids = [asset.pk for asset in assets]
    rows = {row.asset_id: row for row in Row.objects.filter(asset__in=ids).select_related("version")}
    return rows, *_stated_of([pk for pk in ids if pk not in rows])


def _stated_of(assets: Sequence[int]) -> tuple[dict[int, Stated], dict[str, str]]:
    """What is stated of these assets, and the holders that its words mean."""
    stated = stated_of(assets) if assets else {}
    return stated, resolve({text for each in stated.values() for texts in each.duties.values() for text in texts})


def line_of_asset(asset: Asset) -> Line:
    """The line of one asset, with who stands behind it and its gaps."""
    return peopled(asset_lines([asset]))[0]


def workstream(slug: str) -> Row | None:
    """The workstream of this short name."""
    return Row.objects.filter(kind=RowKind.WORKSTREAM, slug=slug).select_related("version").first()


def workstreams_called(reader: Any, text: str) -> QuerySet[Row]:
    """Workstreams whose title holds the text."""
    require(reader, Act.READ)
    found = Row.objects.filter(kind=RowKind.WORKSTREAM, title__icontains=text)
    return found.select_related("version").order_by("title")


def line_of_workstream(row: Row) -> Line:
    """The line of one workstream, with who stands behind it and its gaps."""
    return peopled([_signed(row)])[0]


def peopled(lines: Sequence[Line], known: Directory | None = None) -> list[Line]:
    """The lines with their cells and gaps filled in; looks everybody up at once unless `known` has them."""
    if known is None:
        known = directory({seat.holder for line in lines for seat in line.row.seats})
    states = standings(known)
    for line in lines:
        line.cells = [
            Cell(letter, [known[holder] for holder in line.row.holders(letter)], line.sources.get(letter, Source("")))
            for letter in LETTERS
        ]
        line.gaps = gaps_of(line.row, states)
    return list(lines)


def tier_one(reader: Any, *, words: str = "", team: str = "") -> QuerySet[Asset]:
    """Assets of tier 1 with their owners, by words of the name and short name of the owner's team."""
    require(reader, Act.READ)
    found = tier_one_assets().select_related("owner_team").order_by("name", "namespace", "pk")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(namespace__icontains=words))
    return found.filter(owner_team__slug=team) if team else found


def every_line(reader: Any) -> list[Line]:
    """The whole matrix with its people and gaps: workstreams, then tier-1 assets and other assets with a signed row."""
    return peopled([*workstream_lines(), *asset_lines(_governed(reader))])


def every_row(reader: Any) -> list[PureRow]:
    """The same rows without their pages and people, for who asks about a thousand at once."""
    streams = Row.objects.filter(kind=RowKind.WORKSTREAM).order_by("title")
    signed = {row.asset_id: row.row for row in Row.objects.filter(asset__isnull=False)}
    top = list(tier_one(reader).values_list("pk", "namespace", "name", "owner_team__slug"))
    stated, holders = _stated_of([pk for pk, *_ in top if pk not in signed])
    plain = {slug: _seats(slug, None, holders) for slug in {slug for *_, slug in top}}
    rows = [each.row for each in streams]
    for pk, namespace, name, slug in top:
        if pk in signed:
            rows.append(signed.pop(pk))
        else:
            seats = _seats(slug, stated[pk], holders) if pk in stated else plain[slug]
            rows.append(PureRow(f"{RowKind.ASSET.value}:{namespace}/{name}", name, seats))
    return [*rows, *signed.values()]


def _governed(reader: Any) -> Iterable[Asset]:
    """Tier-1 assets, then other assets with a signed row."""
    wanted = {asset.pk: asset for asset in tier_one(reader)}
    others = Row.objects.filter(asset__isnull=False).exclude(asset__in=wanted).select_related("asset__owner_team")
    wanted |= {row.asset.pk: row.asset for row in others if row.asset is not None}
    return wanted.values()


def row_of_asset(asset_id: int) -> Row | None:
    """The signed row of an asset."""
    return Row.objects.filter(asset=asset_id).select_related("version").first()


def workstream_row(title: str, seats: frozenset[Seat]) -> PureRow:
    """A workstream's row; its short name comes from its title and stays when the title changes."""
    return PureRow(f"{RowKind.WORKSTREAM.value}:{slugify(title)[:60]}", title.strip(), seats)


def asset_key(asset: Asset) -> str:
    """How the matrix names an asset."""
    return f"{RowKind.ASSET.value}:{asset.key}"


def _signed(found: Row, asset: Asset | None = None) -> Line:
    source = Source(f"RACI version {found.version.number}", found.version.get_absolute_url(), signed=True)
    return Line(found.row, found.get_absolute_url(), dict.fromkeys(LETTERS, source), asset, signed=True)


def _derived(asset: Asset, stated: Stated | None, holders: dict[str, str]) -> Line:
    said = _said(stated)
    sources = dict.fromkeys(said, Source(stated.where, stated.url)) if stated else {}
    if Letter.R not in said and asset.owner_team is not None:
        sources[Letter.R] = Source("Owner in the catalog", asset.get_absolute_url())
    if Letter.A not in said:
        sources[Letter.A] = Source("Rule for tier 1")
    seats = _seats(asset.owner_team.slug if asset.owner_team else None, stated, holders)
    row = PureRow(asset_key(asset), asset.name, seats)
    return Line(row, reverse("raci:asset", args=[asset.pk]), sources, asset)


def _seats(owner: str | None, stated: Stated | None, holders: dict[str, str]) -> frozenset[Seat]:
    """R from the contract, else the catalog's owner; A from the contract, else the head of data; C and I as stated."""
    said = _said(stated)
    seats = {Seat(letter, holders[text]) for letter, texts in said.items() for text in texts}
    if Letter.R not in said and owner is not None:
        seats.add(Seat(Letter.R, written(HolderKind.TEAM, owner)))
    if Letter.A not in said:
        seats.add(Seat(Letter.A, KEEPER))
    return frozenset(seats)


def _said(stated: Stated | None) -> dict[Letter, tuple[str, ...]]:
    return {letter: texts for letter, texts in (stated.duties if stated else {}).items() if texts}
