"""`custody lint FILE…`: the portal's own check of a contract, with line, column, reason and fix."""

from __future__ import annotations

from collections.abc import Sequence

from contracts_app.domain.document import Loaded, load
from contracts_app.domain.findings import Finding
from portal.cli.report import Case, Level, Outcome, Problem, Report
from portal.cli.talking import Unreadable, add_output, again, content_of, parser, say, undecided

AUTHOR = "whoever writes the file"


def main(argv: Sequence[str]) -> int:
    """Check contract files; 2 where one cannot be read at all."""
    options_of = parser("lint", "Check contract files.")
    options_of.add_argument("files", nargs="+", metavar="FILE", help="a contract; - reads standard input")
    add_output(options_of)
    options = options_of.parse_args(argv)
    try:
        loaded = {name: load(content_of(name)) for name in options.files}
    except Unreadable as error:
        return undecided(str(error), again("lint", argv))
    cases = [case_of(name, one) for name, one in loaded.items()]
    return say(Report("custody lint", cases, _data(loaded), again("lint", argv)), options)


def case_of(name: str, loaded: Loaded) -> Case:
    """One file as a case of a report."""
    problems = [_problem(name, found) for found in loaded.findings]
    return Case(name, Outcome.PASS if loaded.ok else Outcome.FAIL, loaded.digest or "", problems)


def _problem(name: str, found: Finding) -> Problem:
    level = Level.ERROR if found.is_error else Level.WARNING
    fix = f"{found.fix.label}." if found.fix else ""
    who = AUTHOR if found.is_error else ""
    return Problem(found.code, found.message, level, name, found.line, found.column, who, fix)


def _data(loaded: dict[str, Loaded]) -> dict[str, object]:
    files = [
        {"file": name, "ok": one.ok, "digest": one.digest, "findings": [found.as_dict() for found in one.findings]}
        for name, one in loaded.items()
    ]
    return {"ok": all(one.ok for one in loaded.values()), "files": files}
