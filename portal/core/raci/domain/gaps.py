"""What is wrong with a signed matrix today: people leave, teams empty, posts fall vacant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .holders import HolderKind, Standing, read
from .matrix import LETTERS, Letter, Row

GRAVE = {Letter.A, Letter.R}


class Fault(StrEnum):
    """What kind of gap it is."""

    NOBODY = "Nobody named"
    SEVERAL = "Several accountable"
    UNKNOWN = "Unknown holder"
    EMPTY = "Nobody there"
    NO_ANSWER = "Nobody can answer"
    LEFT = "Somebody left"


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: where, of which kind, what is wrong and what to do, in sentences. `grave` ones leave a duty undone."""

    row: str
    letter: Letter
    holder: str
    fault: Fault
    sentence: str
    advice: str
    grave: bool


def gaps(rows: Iterable[Row], standings: Mapping[str, Standing]) -> list[Gap]:
    """Every gap of these rows, the grave ones first, then in the order of the rows."""
    found = [gap for row in rows for gap in gaps_of(row, standings)]
    return sorted(found, key=lambda gap: not gap.grave)


def gaps_of(row: Row, standings: Mapping[str, Standing]) -> list[Gap]:
    """The gaps of one row, letter by letter."""
    return [gap for letter in LETTERS for gap in _of_letter(row, letter, standings)]


def _of_letter(row: Row, letter: Letter, standings: Mapping[str, Standing]) -> Iterator[Gap]:
    holders = row.holders(letter)
    if not holders and letter in GRAVE:
        sentence = f"{row.title} has nobody {letter.word.lower()}."
        yield Gap(row.key, letter, "", Fault.NOBODY, sentence, "Propose who it is.", grave=True)
    if letter is Letter.A and len(holders) > 1:
        sentence = f"{row.title} has {len(holders)} accountable holders, so nobody answers."
        yield Gap(row.key, letter, "", Fault.SEVERAL, sentence, "Propose one of them.", grave=True)
    for holder in holders:
        yield from _of_holder(row, letter, holder, standings.get(holder, Standing(holder, known=False)))


def _of_holder(row: Row, letter: Letter, holder: str, standing: Standing) -> Iterator[Gap]:
    kind, _ = read(holder)
    as_what = f"{standing.label}, {letter.word.lower()} for {row.title},"
    grave = letter in GRAVE

    def gap(fault: Fault, sentence: str, advice: str, *, grave: bool = grave) -> Gap:
        return Gap(row.key, letter, holder, fault, sentence, advice, grave)

    if not standing.known or kind is HolderKind.TEXT:
        advice = "Add a post of that name, or propose another holder."
        yield gap(Fault.UNKNOWN, f"{as_what} is no team, role or post that the portal knows.", advice)
        return
    if not standing.people:
        yield gap(Fault.EMPTY, f"{as_what} has no active people.", _fill(kind))
    elif letter is Letter.A and not standing.answer:
        yield gap(Fault.NO_ANSWER, f"{as_what} has nobody who can answer for it.", _fill(kind, answer=True))
    if standing.left:
        who = "somebody" if standing.left == 1 else f"{standing.left} people"
        sentence = f"{as_what} still has {who} who left."
        yield gap(Fault.LEFT, sentence, "Take their roles or the post away, and name who follows.", grave=False)


def _fill(kind: HolderKind, *, answer: bool = False) -> str:
    if kind is HolderKind.TEAM:
        return "Give somebody the role owner in the team." if answer else "Give people roles in the team."
    if kind is HolderKind.ROLE:
        return "Give somebody the role."
    return "Say who holds the post."
