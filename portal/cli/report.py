"""What a command found, in one shape that every output format reads. Pure data; docs/gate.md shows the formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any


class Outcome(Enum):
    """How a command ends; the value is its exit code."""

    PASS = 0
    FAIL = 1
    UNDECIDED = 2


class Level(StrEnum):
    """How loud one problem is: only errors fail; what is unknown is neither pass nor fail."""

    ERROR = "error"
    UNKNOWN = "unknown"
    WARNING = "warning"
    WAIVED = "waived"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one place: which rule, where, who can unblock it, and what to do; `line` 0 is unknown."""

    rule: str
    message: str
    level: Level = Level.ERROR
    file: str = ""
    line: int = 0
    column: int = 0
    who: str = ""
    todo: str = ""
    waiver: str = ""

    @property
    def place(self) -> str:
        """`file:line:column`, as far as it is known.

        >>> Problem("r", "m", file="a.yaml", line=3).place
        'a.yaml:3'
        """
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was judged: a file, a comparison, a gate."""

    name: str
    outcome: Outcome
    said: str = ""
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """All that one command says. `data` is what `--format json` prints, `again` the exact command to run again."""

    command: str
    cases: list[Case]
    data: Any
    again: str
    notes: list[str] = field(default_factory=list)
    ending: Outcome | None = None

    @property
    def outcome(self) -> Outcome:
        """What the cases come to: one failure fails, else one that could not be decided leaves it open."""
        if self.ending is not None:
            return self.ending
        found = {case.outcome for case in self.cases}
        return next((each for each in (Outcome.FAIL, Outcome.UNDECIDED) if each in found), Outcome.PASS)

    @property
    def problems(self) -> list[Problem]:
        """Every problem of every case."""
        return [problem for case in self.cases for problem in case.problems]


def one_line(text: str) -> str:
    r"""Text that stays on its line: a contract must not be able to write commands into a build log.

    >>> one_line("a\n::error::b\x1b[0m")
    'a ::error::b [0m'
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())


def log_line(text: str) -> str:
    """A line of a build log that no CI takes for one of its commands (`::error::`, `##[group]`).

    >>> log_line("::stop-commands::x"), log_line("see ##[error]")
    ('| ::stop-commands::x', 'see ## [error]')
    """
    line = one_line(text).replace("##[", "## [")
    return f"| {line}" if line.startswith("::") else line
