"""Every gap of the matrix as it holds today, and people who left and still stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..domain.gaps import Gap, gaps_of
from .directory import standings_of
from .matrix import Line, every_line, every_row


@dataclass(frozen=True, slots=True)
class Open:
    """A gap with the line that it is in, and where to put it right."""

    gap: Gap
    line: Line
    holder_url: str


def open_gaps(reader: Any, *, fault: str = "", kind: str = "", words: str = "") -> list[Open]:
    """The gaps, grave ones first; by fault, kind of row, and words of the sentence."""
    return gaps_in(every_line(reader), fault=fault, kind=kind, words=words)


def grave_gaps(reader: Any) -> list[Gap]:
    """The gaps that leave a duty undone, without the lines that they are in: for a work list, on every first page."""
    rows = every_row(reader)
    states = standings_of({seat.holder for seats in {row.seats for row in rows} for seat in seats})
    faulty = {row.seats: row for row in rows}  # whether a row has a gap depends on its seats alone, and most are alike
    faulty = {seats: row for seats, row in faulty.items() if gaps_of(row, states)}
    return [gap for row in rows if row.seats in faulty for gap in gaps_of(row, states) if gap.grave]


def gaps_in(lines: Sequence[Line], *, fault: str = "", kind: str = "", words: str = "") -> list[Open]:
    """As `open_gaps`, of lines with their people."""
    found = [
        Open(gap, line, _page_of(line, gap))
        for line in lines
        if not kind or line.kind == kind
        for gap in line.gaps
        if (not fault or gap.fault.name.lower() == fault) and words.lower() in gap.sentence.lower()
    ]
    return sorted(found, key=lambda each: not each.gap.grave)


def _page_of(line: Line, gap: Gap) -> str:
    """The page of the team or post that has to be filled, where that is what is wrong."""
    pages = {behind.holder: behind.url for cell in line.cells for behind in cell.holders if behind.known}
    return pages.get(gap.holder, "")
