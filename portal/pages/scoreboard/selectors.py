"""What the scoreboard's pages read: the counted days, within the rights of whoever asks. Nothing here counts rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404

from portal.core.clock.services import now
from portal.core.identity.models import Membership
from portal.core.identity.policies import Act, may, require
from portal.pages.scoreboard import drawing
from portal.pages.scoreboard.figures import Figure, Standing, not_measured, read
from portal.pages.scoreboard.models import Day, SignOff
from portal.pages.scoreboard.registry import Target, target_named, targets

TREND_DAYS = 90
SHOWN = 5
NEVER = "It was never counted; the first count comes within ten minutes."
OLD_S = 3600
"""A count older than an hour says that the clock's worker is away."""


@dataclass(frozen=True)
class Card:
    """One target as the page shows it: its figure, its days, and who answers for it."""

    target: Target
    figure: Figure
    days: Sequence[tuple[date, Figure]]
    owners: Sequence[str]
    lists: bool
    signed_owner: Sequence[str] = ()
    shown: int = SHOWN

    @property
    def owner(self) -> str:
        """Who answers for it: the accountable holder of its signed row, else the role."""
        return self.signed_owner[0] if self.signed_owner else self.target.owner.label

    @property
    def gaps(self) -> Sequence[Any]:
        """The first of what is missing, for those who may read the names."""
        return self.figure.gaps[: self.shown] if self.lists else ()

    @property
    def rows_url(self) -> str:
        """The page of the rows that it counts, for those who may read them."""
        return self.target.rows_url if self.lists else ""

    @property
    def values(self) -> list[tuple[date, float | None]]:
        """One value a day, None for days without."""
        return [(day, figure.value) for day, figure in self.days]

    @cached_property
    def trend(self) -> drawing.Trend | None:
        """The chart; None with fewer than two days."""
        return drawing.draw(self.values, unit=self.target.unit, goal=self.target.line)

    @property
    def change(self) -> str:
        """How it moved within a month, in words."""
        return drawing.change(self.values, self.target.unit)


@dataclass(frozen=True)
class Board:
    """The page: its cards, when they were counted, whether that is long ago, and how many days are examples."""

    cards: Sequence[Card]
    day: Day | None
    old: bool
    examples: int

    @property
    def reached(self) -> int:
        """Targets that are reached."""
        return sum(card.figure.standing is Standing.REACHED for card in self.cards)


def board_for(user: Any) -> Board:
    """Every target that the person may see, with the trend of ninety days."""
    require(user, Act.READ)
    days = newest_days(TREND_DAYS)
    latest = days[-1] if days else None
    held = _owners()
    cards = [_card(user, each, days, held) for each in targets() if may(user, each.sees)]
    old = latest is not None and (now() - latest.counted_at).total_seconds() > OLD_S
    return Board(cards, latest, old, sum(day.example for day in days))


def card_for(user: Any, key: str) -> Card:
    """One target with all that is missing and every day; Http404, or PermissionDenied for its numbers."""
    target = target_named(key)
    if target is None:
        raise Http404("There is no such target. The scoreboard lists them.")
    require(user, target.sees)
    return _card(user, target, newest_days(TREND_DAYS), _owners(), shown=1000)


def newest_days(most: int, *, until: date | None = None) -> list[Day]:
    """The last counted days, oldest first; the names of what was missing come with the newest only."""
    found = Day.objects.defer("missing").order_by("-day")
    return list(reversed(found.filter(day__lte=until)[:most] if until else found[:most]))


def latest_day() -> Day | None:
    """The newest day."""
    return Day.objects.order_by("-day").first()


def lost_targets(roles: set[str]) -> list[tuple[Target, Figure, Day]]:
    """What the holders of these roles answer for and is missed now; nothing is asked for other roles."""
    owned = [each for each in targets() if each.owner.value in roles]
    if not owned:
        return []
    day = Day.objects.defer("missing").order_by("-day").first()
    if day is None or day.example:
        return []
    mine = [(each, read(day.figures[each.key])) for each in owned if each.key in day.figures]
    return [(each, figure, day) for each, figure in mine if figure.standing is Standing.MISSED]


def signed_off(days: Sequence[Day]) -> dict[date, SignOff]:
    """Who closed which of these days."""
    found = SignOff.objects.filter(day__in=[each.day for each in days]).select_related("user", "entry")
    return {each.day: each for each in found}


def figure_of(day: Day | None, key: str, *, named: bool = False) -> Figure:
    """A target as a day has it; `named` reads what was missing as well."""
    if day is None:
        return not_measured(NEVER)
    if key not in day.figures:
        return not_measured("It was not counted on that day.")
    return read(day.figures[key], (day.missing or {}).get(key, ()) if named else ())


def _card(user: Any, target: Target, days: Sequence[Day], held: dict[str, list[str]], *, shown: int = SHOWN) -> Card:
    listed = may(user, target.lists)
    newest = figure_of(days[-1] if days else None, target.key, named=listed)
    trend = [(day.day, figure_of(day, target.key)) for day in days]
    signed = days[-1].facts.get("owners", {}).get(target.key, ()) if days else ()
    return Card(target, newest, trend, held.get(target.owner.value, []), listed, signed, shown)


def _owners() -> dict[str, list[str]]:
    """The names of the active people who hold the roles that answer for targets, in one query."""
    roles = {each.owner.value for each in targets()}
    rows = Membership.objects.filter(role__in=roles, user__is_active=True).order_by("user__name")
    found: dict[str, list[str]] = {}
    for role, name in rows.values_list("role", "user__name").distinct():
        found.setdefault(role, []).append(name)
    return found
