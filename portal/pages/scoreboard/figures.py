"""What a target reads at one moment: its value, how far it is, and the rows that are missing. Plain data.

A target that nobody measured, or whose rows are too few to say anything, has a state of its own and is never green.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any

LISTED = 100
"""Missing rows that a day keeps by name; the number of all of them is kept beside."""


class Standing(StrEnum):
    """How a target stands."""

    REACHED = "reached"
    MISSED = "missed"
    TOO_FEW = "too_few"
    NOT_MEASURED = "not_measured"

    @property
    def word(self) -> str:
        """What people read."""
        return _WORDS[self][0]

    @property
    def kind(self) -> str:
        """The kind of its mark: only what was reached is ok."""
        return _WORDS[self][1]


_WORDS = {
    Standing.REACHED: ("Reached", "ok"),
    Standing.MISSED: ("Missed", "bad"),
    Standing.TOO_FEW: ("Too few to say", "off"),
    Standing.NOT_MEASURED: ("Not measured", "off"),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One row that is missing: what it is, why, and the page that mends it."""

    text: str
    why: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Part:
    """One of several things that a target counts, as the SLOs of one indicator."""

    label: str
    covered: int
    total: int
    url: str = ""

    @property
    def standing(self) -> Standing:
        """Nothing of its kind is missed as well: somebody has to make the first."""
        return Standing.REACHED if self.total and self.covered == self.total else Standing.MISSED


@dataclass(frozen=True, slots=True)
class Figure:
    """One target at one moment; `value` is in the target's unit (percent or seconds), `shown` the same for people."""

    standing: Standing
    value: float | None = None
    shown: str = ""
    covered: int | None = None
    total: int | None = None
    note: str = ""
    missing: int = 0
    gaps: tuple[Gap, ...] = ()
    parts: tuple[Part, ...] = ()

    def numbers(self) -> dict[str, Any]:
        """All but the names of what is missing, as JSON."""
        return {**asdict(self), "gaps": [], "standing": self.standing.value}

    def listed(self) -> list[list[str]]:
        """What is missing, as JSON."""
        return [[gap.text, gap.why, gap.url, gap.label] for gap in self.gaps]


def not_measured(note: str) -> Figure:
    """A target without a value, and why."""
    return Figure(Standing.NOT_MEASURED, note=note)


def read(numbers: dict[str, Any], listed: Sequence[Sequence[str]] = ()) -> Figure:
    """The figure again from what a day keeps.

    >>> figure = share(19, 20, goal=95, gaps=[Gap("orders", "It has no contract.", "/contracts/new/", "Write it")])
    >>> read(figure.numbers(), figure.listed()) == figure
    True
    """
    facts = dict(numbers)
    facts["standing"] = Standing(facts["standing"])
    facts["parts"] = tuple(Part(**each) for each in facts.get("parts", ()))
    facts["gaps"] = tuple(Gap(*each) for each in listed)
    return Figure(**facts)


def share(
    covered: int, total: int, *, goal: float, gaps: Iterable[Gap] = (), missing: int | None = None, note: str = ""
) -> Figure:
    """So many of so many against a goal in percent; of nothing there is no share, and never 100 %.

    >>> share(1999, 2000, goal=100).shown, share(1999, 2000, goal=100).standing.word, share(0, 0, goal=95).standing.word
    ('99.9 %', 'Missed', 'Not measured')
    """
    if not total:
        return not_measured(note or "There is nothing to count yet.")
    percent = (Decimal(100 * covered) / total).quantize(Decimal("0.1"), rounding=ROUND_FLOOR)
    standing = Standing.REACHED if 100 * covered >= goal * total else Standing.MISSED
    return Figure(
        standing=standing,
        value=float(percent),
        shown=f"{percent:f}".removesuffix(".0") + " %",
        covered=covered,
        total=total,
        note=note,
        missing=total - covered if missing is None else missing,
        gaps=tuple(gaps)[:LISTED],
    )
