"""When a row may stand in the matrix: exactly one A with somebody behind it, at least one R, one duty each.

One accountable a row is the rule of the RACI chart; A and R may be the same holder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from .holders import HolderKind, Standing, read
from .matrix import Letter, Row

MOST_SEATS = 40
TOGETHER = {Letter.A, Letter.R}


def refusals(row: Row, standings: Mapping[str, Standing]) -> list[str]:
    """Why this row cannot stand, as sentences that say what to do; empty where it can."""
    return [*_of_letters(row), *_of_holders(row, standings)]


def _of_letters(row: Row) -> Iterator[str]:
    accountable = row.holders(Letter.A)
    if not accountable:
        yield f"{row.title} has nobody accountable: choose exactly one holder for A."
    if len(accountable) > 1:
        yield f"{row.title} has {len(accountable)} holders for A: choose exactly one, and make the others C or R."
    if not row.holders(Letter.R):
        yield f"{row.title} has nobody responsible: choose at least one holder for R."
    if len(row.seats) > MOST_SEATS:
        yield f"{row.title} has {len(row.seats)} seats; at most {MOST_SEATS} fit."


def _of_holders(row: Row, standings: Mapping[str, Standing]) -> Iterator[str]:
    counted = Counter(seat.holder for seat in row.seats)
    for holder, count in sorted(counted.items()):
        letters = {seat.letter for seat in row.seats if seat.holder == holder}
        label = standings[holder].label if holder in standings else holder
        if count > 1 and letters != TOGETHER:
            yield f"{label} stands twice in {row.title}: a holder has one duty in a row, or A and R together."
        if holder not in standings or not standings[holder].known or read(holder)[0] is HolderKind.TEXT:
            yield f"{label} is no team, role or post that the portal knows: add it, or choose another holder."
    yield from _of_the_accountable(row, standings)


def _of_the_accountable(row: Row, standings: Mapping[str, Standing]) -> Iterator[str]:
    standing = standings.get(row.accountable)
    if standing is None or not standing.known:
        return
    if standing.everybody:
        yield f"{standing.label} is everybody, so nobody answers: choose a team, a role or a post for A in {row.title}."
    elif not standing.answer:
        yield (
            f"Nobody active can answer as {standing.label} for {row.title}: give somebody that role or post, "
            "or choose another holder for A."
        )
