"""`custody diff OLD NEW`, or `custody diff --against REF FILE`: what changed, for whom, which version that needs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from contracts_app.domain.changes import Change
from contracts_app.domain.compare import Comparison, compare_loaded
from contracts_app.domain.document import Loaded, load
from contracts_app.domain.report import to_markdown
from portal.cli import git
from portal.cli.commands.lint import AUTHOR
from portal.cli.report import Case, Level, Outcome, Problem, Report
from portal.cli.talking import Unreadable, add_output, again, content_of, parser, say, undecided

GATES = {
    "D": "a deprecation window first",
    "N": "the notice to consumers",
    "R": "a readiness run on live data",
    "S": "the new owner signs",
    "PO": "the privacy officer signs",
    "W": "the head of data may waive it",
}
NOTHING: dict[str, object] = {"required_bump": "none", "declared_bump": "none", "ok": True, "changes": []}


def main(argv: Sequence[str]) -> int:
    """Fails where the declared version is too small for the changes; 2 where one of the two cannot be read."""
    options = _options(argv)
    try:
        old, new = _pair(options)
        verdict = compare_loaded(old, new) if old else None
        if verdict and options.report:
            _write_report(options.report, verdict, new)
    except Unreadable as error:
        return undecided(str(error), again("diff", argv))
    if verdict is None:
        said = [f"{options.files[-1]} is new: there is nothing at {options.against} to compare it with."]
        case = Case(options.files[-1], Outcome.PASS, "new")
        return say(Report("custody diff", [case], NOTHING, again("diff", argv), said), options)
    case = case_of(options.files[-1], verdict, line=version_line(new))
    return say(Report("custody diff", [case], verdict.as_dict(), again("diff", argv)), options)


def version_line(loaded: Loaded) -> int:
    """The line in which the file says its version."""
    spot = loaded.document.spots.get("version") if loaded.document else None
    return spot.line if spot else 1


def case_of(name: str, verdict: Comparison, *, line: int) -> Case:
    """A comparison as a case: an error where the version is too small, a note or a warning for each change."""
    problems = [_problem(name, one) for one in verdict.changes]
    said = f"required bump: {verdict.required_bump}, declared: {verdict.declared_bump}"
    if verdict.ok:
        return Case(name, Outcome.PASS, said if verdict.changes else "no differences", problems)
    todo = f"Set `version: {verdict.needed_version}` or take back what breaks."
    if any(one.kind == "people.emptied" for one in verdict.changes):
        todo = "Name who answers; no version number makes up for nobody."
    problems.append(Problem("version.too-small", verdict.refusal, Level.ERROR, name, line, who=AUTHOR, todo=todo))
    return Case(name, Outcome.FAIL, said, problems)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    options_of = parser("diff", "Compare two versions of a contract.")
    options_of.add_argument("files", nargs="+", metavar="FILE", help="OLD and NEW; with --against the new one only")
    options_of.add_argument("--against", metavar="REF", help="read OLD from git, for example main or HEAD~1")
    options_of.add_argument("--report", metavar="FILE", type=Path, help="write the change report there, as Markdown")
    add_output(options_of)
    options = options_of.parse_args(argv)
    if len(options.files) != (1 if options.against else 2):
        options_of.error("give OLD and NEW, or --against REF and one FILE")
    return options


def _write_report(path: Path, verdict: Comparison, new: Loaded) -> None:
    """The change report for a merge request; raises Unreadable where it cannot be written."""
    version = new.document.version if new.document else ""
    try:
        path.write_text(to_markdown(verdict, old=verdict.old_version, new=version), encoding="utf-8")
    except OSError as error:
        raise Unreadable(f"{path} cannot be written: {error.strerror}.") from error


def _pair(options: argparse.Namespace) -> tuple[Loaded | None, Loaded]:
    """Old and new, both readable; the old one is None where git had no such file. Raises Unreadable."""
    new = readable(options.files[-1], content_of(options.files[-1]))
    if not options.against:
        return readable(options.files[0], content_of(options.files[0])), new
    content = git.at_revision(options.files[0], options.against)
    return (readable(f"{options.files[0]} at {options.against}", content) if content is not None else None), new


def readable(name: str, content: bytes) -> Loaded:
    """The contract; raises Unreadable where it is not valid, with its errors."""
    loaded = load(content)
    if loaded.ok:
        return loaded
    errors = [f"\n{name}:{found.line}:{found.column}: {found.message}" for found in loaded.findings if found.is_error]
    raise Unreadable(f"{name} is not a valid contract, so nothing was compared.{''.join(errors[:20])}")


def _problem(name: str, one: Change) -> Problem:
    gates = "; ".join(f"{gate}: {GATES[gate]}" for gate in one.gates)
    level = Level.WARNING if one.bump == "major" else Level.NOTE
    message = f"{one.bump}: {one.path}: {one.message}"
    return Problem(
        one.kind, message, level, name, one.line or 1, todo=f"Before it is in force: {gates}." if gates else ""
    )
