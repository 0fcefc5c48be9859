"""Annotations of a GitHub workflow: `::error file=…,line=…::message`, escaped as the runner unescapes them.

Source: "Workflow commands for GitHub Actions"; actions/toolkit `command.ts` for the escapes.
"""

from __future__ import annotations

from portal.cli.formats.as_text import WORDS
from portal.cli.report import Level, Outcome, Problem, Report, log_line

KINDS = {
    Level.ERROR: "error",
    Level.UNKNOWN: "warning",
    Level.WARNING: "warning",
    Level.WAIVED: "notice",
    Level.NOTE: "notice",
}


def render(report: Report) -> str:
    """An annotation a problem, then one line a case."""
    lines = [_annotation(problem) for problem in report.problems]
    lines += [log_line(f"{case.name}: {WORDS[case.outcome]}") for case in report.cases]
    lines += [log_line(note) for note in report.notes]
    if report.outcome is not Outcome.PASS:
        lines.append(log_line(f"Run again: {report.again}"))
    return "\n".join(lines)


def _annotation(problem: Problem) -> str:
    said = [problem.message, *(f"{word}: {text}" for word, text in _more(problem) if text)]
    where = {"file": problem.file, "line": problem.line or "", "col": problem.column or "", "title": problem.rule}
    properties = ",".join(f"{key}={in_property(str(value))}" for key, value in where.items() if value)
    return f"::{KINDS[problem.level]} {properties}::{in_message(chr(10).join(said))}"


def _more(problem: Problem) -> tuple[tuple[str, str], ...]:
    return ("To do", problem.todo), ("Who can unblock it", problem.who), ("Waiver", problem.waiver)


def in_message(text: str) -> str:
    r"""Text after `::`; what is left of it stays on one line.

    >>> in_message("100 %\nnext")
    '100 %25%0Anext'
    """
    kept = "".join(char if char.isprintable() or char in "\r\n" else " " for char in text)
    return kept.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_property(text: str) -> str:
    """A property's value.

    >>> in_property("a:b,c")
    'a%3Ab%2Cc'
    """
    return in_message(text).replace(":", "%3A").replace(",", "%2C")
