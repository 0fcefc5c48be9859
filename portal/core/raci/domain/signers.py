"""Who signs a proposal: for each changed row the accountable of today and the accountable to come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from .changes import RowChange
from .matrix import Row


@dataclass(frozen=True, slots=True)
class Demand:
    """One signature that is needed: as which holder, and for which rows (their titles) in which capacity.

    `instead_of` names the holders for whom this one stands in, as nobody active could answer as them.
    """

    holder: str
    present: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()

    @property
    def capacity(self) -> str:
        """In which capacity, in a word or two."""
        if self.present and self.proposed:
            return "accountable now and then"
        return "accountable now" if self.present else "accountable then"


def demands(
    changes: Iterable[RowChange], *, now: Mapping[str, Row], able: Collection[str], keeper: str
) -> list[Demand]:
    """The signatures that these changes need, one for each holder, in alphabetical order.

    `now` has the row as it holds today for changes of rows that are new to the matrix (an asset's, as it follows from
    catalog and contract); `able` are the holders with somebody who can answer; `keeper` stands in for those without.
    """
    found: dict[str, tuple[list[str], list[str], list[str]]] = {}
    for change in changes:
        present = change.before or now.get(change.key)
        if present is not None:
            holder = present.accountable
            signer = holder if holder in able else keeper
            kept = found.setdefault(signer, ([], [], []))
            kept[0].append(change.title)
            if signer != holder and holder:
                kept[2].append(holder)
        if change.after is not None:
            found.setdefault(change.after.accountable, ([], [], []))[1].append(change.title)
    return [
        Demand(holder, tuple(present), tuple(proposed), tuple(sorted(set(absent))))
        for holder, (present, proposed, absent) in sorted(found.items())
    ]


def enough(wanted: Iterable[str], people: Mapping[str, Collection[int]]) -> bool:
    """Whether each holder can be signed for by somebody else, as nobody signs twice (a matching of holders and people).

    >>> enough(["role:a", "role:b"], {"role:a": [1], "role:b": [1, 2]})
    True
    >>> enough(["role:a", "role:b"], {"role:a": [1], "role:b": [1]})
    False
    """
    taken: dict[int, str] = {}

    def place(holder: str, tried: set[int]) -> bool:
        for person in people.get(holder, ()):
            if person in tried:
                continue
            tried.add(person)
            if person not in taken or place(taken[person], tried):
                taken[person] = holder
                return True
        return False

    return all(place(holder, set()) for holder in wanted)
