"""What changes between two matrices, row by row and seat by seat, and a matrix with changes put in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .matrix import LETTERS, Letter, Matrix, Row, Seat


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row before and after; None before it is new, None after it is taken out."""

    key: str
    before: Row | None
    after: Row | None

    @property
    def title(self) -> str:
        """What the row is called, as it will be called."""
        row = self.after or self.before
        return row.title if row else self.key

    @property
    def word(self) -> str:
        """What happens to the row."""
        if self.before is None:
            return "New"
        return "Taken out" if self.after is None else "Changed"

    def coming(self, letter: Letter) -> tuple[str, ...]:
        """Holders who get this duty."""
        return tuple(sorted(seat.holder for seat in _seats(self.after) - _seats(self.before) if seat.letter is letter))

    def going(self, letter: Letter) -> tuple[str, ...]:
        """Holders who lose this duty."""
        return tuple(sorted(seat.holder for seat in _seats(self.before) - _seats(self.after) if seat.letter is letter))

    def staying(self, letter: Letter) -> tuple[str, ...]:
        """Holders who keep this duty."""
        return tuple(sorted(seat.holder for seat in _seats(self.before) & _seats(self.after) if seat.letter is letter))

    @property
    def moves(self) -> list[tuple[Letter, str, bool]]:
        """(letter, holder, whether it comes) of every seat that comes or goes, in the order of the letters."""
        found: list[tuple[Letter, str, bool]] = []
        for letter in LETTERS:
            found += [(letter, holder, False) for holder in self.going(letter)]
            found += [(letter, holder, True) for holder in self.coming(letter)]
        return found


def _seats(row: Row | None) -> frozenset[Seat]:
    return row.seats if row else frozenset()


def compare(old: Matrix, new: Matrix) -> list[RowChange]:
    """Every row that differs, in the order of their keys."""
    keys = sorted(old.keys() | new.keys())
    return [RowChange(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def applied(matrix: Matrix, changes: Iterable[RowChange]) -> dict[str, Row]:
    """The matrix with these changes in it; raises ValueError where a row is not as the change found it.

    >>> a = Row("workstream:x", "X")
    >>> applied({}, [RowChange("workstream:x", None, a)]) == {"workstream:x": a}
    True
    """
    found = dict(matrix)
    for change in changes:
        if found.get(change.key) != change.before:
            raise ValueError(f"{change.title} was changed meanwhile: withdraw this proposal and make it anew.")
        found.pop(change.key, None)
        if change.after is not None:
            found[change.key] = change.after
    return found
