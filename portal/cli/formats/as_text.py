"""Text for people: `file:line:column: level: message`, who can unblock it, and the command to run again."""

from __future__ import annotations

from collections.abc import Iterator

from portal.cli.report import Case, Outcome, Problem, Report, log_line, one_line

WORDS = {Outcome.PASS: "passes", Outcome.FAIL: "fails", Outcome.UNDECIDED: "not yet known"}


def render(report: Report) -> str:
    """The report as lines."""
    lines = [line for case in report.cases for line in _case(case)]
    lines += [log_line(note) for note in report.notes]
    if report.outcome is not Outcome.PASS:
        lines.append(f"Run again: {one_line(report.again)}")
    return "\n".join(lines)


def _case(case: Case) -> Iterator[str]:
    for problem in case.problems:
        yield from _problem(problem)
    said = f", {case.said}" if case.said else ""
    yield log_line(f"{case.name}: {WORDS[case.outcome]}{said}")


def _problem(problem: Problem) -> Iterator[str]:
    place = f"{problem.place}: " if problem.place else ""
    yield log_line(f"{place}{problem.level}: {problem.message} ({problem.rule})")
    for word, text in (("do", problem.todo), ("who", problem.who), ("waiver", problem.waiver)):
        if text:
            yield f"    {word}: {log_line(text)}"
