"""`custody gate`: may this pipeline be deployed? Its custody.yaml is checked here, then by the portal, if named."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contracts_app.domain.document import Loaded, load
from portal.cli import git, records
from portal.cli.asking import request_of
from portal.cli.commands import lint
from portal.cli.connection import add_connection, portal_of, server_of
from portal.cli.report import Case, Outcome, Problem, Report
from portal.cli.talking import Unreadable, add_output, again, content_of, parser, say, undecided
from portal.cli.verdicts import cases_of, outcome_of
from portal.client.answers import PortalAway, PortalRefused, as_object
from portal.gates.domain.manifest import Manifest, Touched, read_manifest

if TYPE_CHECKING:
    from portal.client.portal import Portal

OFFLINE = "Only this folder was checked; the four gates were not asked (name a portal: --server or CUSTODY_URL)."


def main(argv: Sequence[str]) -> int:
    """0 the verdict is pass, 1 fail, 2 could not be decided."""
    options, rerun = _options(argv), again("gate", argv)
    try:
        manifest = _manifest(options.file)
        if not manifest.ok:
            return _bad_manifest(options, manifest, rerun)
        files = _files(options.file.parent, manifest.writes)
        local = _local(options, files)
        if options.offline or not server_of(options):
            data = {"verdict": _word(local), "offline": True, "checks": [_as_data(case) for case in local]}
            return say(Report("custody gate", local, data, rerun, [OFFLINE]), options)
        request = request_of(manifest, files, options, rerun)
        report = _asked(options, request, local, rerun)
    except Unreadable as error:
        return undecided(str(error), rerun)
    return say(report, options)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    options_of = parser("gate", "Ask whether this pipeline may be deployed.")
    add = options_of.add_argument
    add("--file", type=Path, default=Path("custody.yaml"), metavar="FILE", help="default: custody.yaml")
    add("--against", metavar="REF", help="compare each contract file with git, for example main")
    add("--events", type=Path, metavar="FILE", help="OpenLineage events that this run emitted: JSON, or one a line")
    add("--branch", metavar="NAME", help="else GITHUB_REF_NAME, CI_COMMIT_BRANCH, GIT_BRANCH, or git")
    add("--commit", metavar="SHA", help="else from the file, GITHUB_SHA, CI_COMMIT_SHA, or git")
    add("--image", metavar="NAME", help="else from the file, or IMAGE_TAG")
    add("--offline", action="store_true", help="ask no portal, whatever the environment names")
    add("--fail-open", action="store_true", help="exit 0 where the portal is away, and keep a record to be uploaded")
    add("--records", type=Path, default=records.FOLDER, metavar="DIR", help=f"default: {records.FOLDER}")
    add_connection(options_of)
    add_output(options_of)
    return options_of.parse_args(argv)


def _manifest(file: Path) -> Manifest:
    return read_manifest(content_of(str(file)))


def _bad_manifest(options: argparse.Namespace, manifest: Manifest, rerun: str) -> int:
    """A manifest that cannot be used decides nothing: 2, with every place."""
    name = str(options.file)
    problems = [
        Problem(found.code, found.message, file=name, line=found.line, column=found.column, who=lint.AUTHOR)
        for found in manifest.findings
    ]
    case = Case(name, Outcome.UNDECIDED, "cannot be used", problems)
    data = {"verdict": "undecided", "offline": True, "checks": [_as_data(case)]}
    return say(Report("custody gate", [case], data, rerun), options)


def _files(folder: Path, writes: Sequence[Touched]) -> dict[Touched, tuple[str, Loaded]]:
    """The contract files that the manifest names, read below its folder; raises Unreadable where one is missing."""
    found = {}
    for touched in writes:
        if touched.file:
            path = folder / touched.file
            if not path.resolve().is_relative_to(folder.resolve()):
                raise Unreadable(f"{touched.file} leads out of {folder}; a contract lies below custody.yaml.")
            found[touched] = (str(path), load(content_of(str(path))))
    return found


def _local(options: argparse.Namespace, files: dict[Touched, tuple[str, Loaded]]) -> list[Case]:
    """Lint of every contract file, its agreement with the manifest, and the comparison with git where asked."""
    cases = []
    for touched, (name, loaded) in files.items():
        cases.append(_agreeing(options, touched, lint.case_of(name, loaded), loaded))
        if options.against and loaded.ok:
            cases.append(_against(options.against, name, loaded))
    return cases


def _agreeing(options: argparse.Namespace, touched: Touched, case: Case, loaded: Loaded) -> Case:
    """The file's own name and version must be those that custody.yaml says."""
    if loaded.document is None:
        return case
    said = {"contract": touched.contract, "version": touched.version}
    real = {"contract": loaded.document.name, "version": loaded.document.version}
    todo = f"Correct line {touched.line} of {options.file}, or the file."
    wrong = [
        Problem("gate.mismatch", message, file=case.name, line=1, who=lint.AUTHOR, todo=todo)
        for word in said
        if said[word] and said[word] != real[word]
        for message in [f"{options.file} says {word} {said[word]}, the file says {real[word]}."]
    ]
    return Case(case.name, Outcome.FAIL if wrong else case.outcome, case.said, [*case.problems, *wrong])


def _against(revision: str, name: str, loaded: Loaded) -> Case:
    from contracts_app.domain.compare import compare_loaded  # a quarter of the start, and most gates compare nothing
    from portal.cli.commands import diff

    content = git.at_revision(name, revision)
    if content is None:
        return Case(f"{name} against {revision}", Outcome.PASS, "new")
    verdict = compare_loaded(diff.readable(f"{name} at {revision}", content), loaded)
    case = diff.case_of(name, verdict, line=diff.version_line(loaded))
    return Case(f"{name} against {revision}", case.outcome, case.said, case.problems)


def _asked(options: argparse.Namespace, request: dict[str, Any], local: list[Case], rerun: str) -> Report:
    """The portal's verdict beside the local checks; where it is away, open only if that was asked for."""
    portal = portal_of(options)
    try:
        notes = _upload(portal, options.records)
        answer = portal.post("gate/verdict", json.dumps(request).encode(), "application/json")
        verdict = as_object(answer)
        cases = [*local, *cases_of(verdict, str(options.file))]
    except PortalRefused as error:
        raise Unreadable(str(error)) from error
    except PortalAway as error:
        return _away(options, request, local, rerun, str(error))
    notes.append(f"Verdict: {verdict['verdict']}. {verdict.get('url', '')}")
    data = {**verdict, "checks": [_as_data(case) for case in local]}
    failed_here = any(case.outcome is Outcome.FAIL for case in local)
    return Report("custody gate", cases, data, rerun, notes, Outcome.FAIL if failed_here else outcome_of(verdict))


def _upload(portal: Portal, folder: Path) -> list[str]:
    taken, notes = records.upload(portal, folder)
    return [*notes, *([f"{taken} record{'s' * (taken != 1)} of ungated deploys uploaded."] if taken else [])]


def _away(options: argparse.Namespace, request: dict[str, Any], local: list[Case], rerun: str, why: str) -> Report:
    """No verdict: 2, or with --fail-open a record and 0, unless the checks here fail on their own."""
    data = {"verdict": "undecided", "why": why, "checks": [_as_data(case) for case in local]}
    if not options.fail_open:
        todo = "Try again, or give --fail-open to deploy without a verdict, on the record."
        problem = Problem("gate.away", why, file=str(options.file), line=1, who="whoever runs the portal", todo=todo)
        case = Case("the portal's verdict", Outcome.UNDECIDED, "", [problem])
        return Report("custody gate", [*local, case], data, rerun)
    kept = records.write(options.records, request, why)
    said = f"No verdict ({why}) The deploy is let through ungated, as asked; {kept} is uploaded by the next call."
    return Report("custody gate", local, {**data, "verdict": "ungated", "record": str(kept)}, rerun, [said])


def _word(cases: list[Case]) -> str:
    failed = any(case.outcome is Outcome.FAIL for case in cases)
    return "fail" if failed else "undecided"


def _as_data(case: Case) -> dict[str, object]:
    problems = [
        {"rule": one.rule, "level": one.level.value, "message": one.message, "file": one.file, "line": one.line,
         "who": one.who, "todo": one.todo}
        for one in case.problems
    ]  # fmt: skip
    return {"name": case.name, "outcome": case.outcome.name.lower(), "problems": problems}
