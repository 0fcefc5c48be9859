"""The matrix: rows (a workstream or an asset), and in each the seats that holders have in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Letter(StrEnum):
    """A duty in a row."""

    R = "R"
    A = "A"
    C = "C"
    I = "I"  # noqa: E741 - the field's own letter

    @property
    def word(self) -> str:
        """The duty in words.

        >>> Letter.C.word
        'Consulted'
        """
        return WORDS[self]


WORDS = {Letter.R: "Responsible", Letter.A: "Accountable", Letter.C: "Consulted", Letter.I: "Informed"}
LETTERS = tuple(Letter)


class RowKind(StrEnum):
    """What a row is about."""

    WORKSTREAM = "workstream"
    ASSET = "asset"


@dataclass(frozen=True, slots=True)
class Seat:
    """A holder's duty in a row."""

    letter: Letter
    holder: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `key` is `workstream:<short name>` or `asset:<namespace>/<name>`."""

    key: str
    title: str
    seats: frozenset[Seat] = field(default_factory=frozenset)

    @property
    def kind(self) -> RowKind:
        """What the row is about; raises ValueError for a key that is neither."""
        return RowKind(self.key.partition(":")[0])

    def holders(self, letter: Letter) -> tuple[str, ...]:
        """Who has this duty, in alphabetical order."""
        return tuple(sorted(seat.holder for seat in self.seats if seat.letter is letter))

    @property
    def accountable(self) -> str:
        """The one who answers; empty where there is none or more than one."""
        found = self.holders(Letter.A)
        return found[0] if len(found) == 1 else ""


Matrix = Mapping[str, Row]


def seats_of(duties: Mapping[str, Iterable[str]]) -> frozenset[Seat]:
    """Seats from letters and holders; raises ValueError for another letter.

    >>> sorted(seat.holder for seat in seats_of({"R": ["team:a"], "A": ["post:cto"]}))
    ['post:cto', 'team:a']
    """
    return frozenset(Seat(Letter(letter), holder) for letter, held in duties.items() for holder in held)


def as_json(row: Row) -> dict[str, Any]:
    """The row as it is signed and stored: its order depends on its content alone."""
    duties = {letter.value: list(row.holders(letter)) for letter in LETTERS if row.holders(letter)}
    return {"row": row.key, "title": row.title, "duties": duties}


def from_json(data: Mapping[str, Any]) -> Row:
    """The row that `as_json` wrote."""
    return Row(str(data["row"]), str(data["title"]), seats_of(data["duties"]))


def by_key(rows: Iterable[Row]) -> dict[str, Row]:
    """The rows as a matrix; raises ValueError where a row comes twice."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.key in found:
            raise ValueError(f"{row.title} stands in the matrix twice.")
        found[row.key] = row
    return found
