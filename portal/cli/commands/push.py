"""`custody push FILE`: proposes the exact bytes of a contract file to the portal, for its people to sign."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Sequence

from contracts_app.domain.document import load
from portal.cli.commands.lint import case_of
from portal.cli.connection import add_connection, portal_of
from portal.cli.report import Case, Outcome, Problem, Report
from portal.cli.talking import Unreadable, add_output, again, content_of, parser, say, undecided
from portal.client.answers import PortalAway, PortalRefused, as_object

NAMESPACE = uuid.UUID("5f6f6c1e-3b2a-4f0e-9a53-1a2f0c7d9e11")  # any constant of ours: keys are made from content


def main(argv: Sequence[str]) -> int:
    """Check the file, then propose it; 1 where the portal refuses, 2 where it cannot be asked."""
    options_of = parser("push", "Propose the exact bytes of a contract file.")
    options_of.add_argument("file", metavar="FILE")
    add_connection(options_of)
    add_output(options_of)
    options = options_of.parse_args(argv)
    rerun = again("push", argv)
    try:
        content = content_of(options.file)
        loaded = load(content)
        if not loaded.ok:
            case = case_of(options.file, loaded)
            return say(Report("custody push", [case], {"ok": False, "errors": _errors(case)}, rerun), options)
        case, answer = _push(options, content)
    except Unreadable as error:
        return undecided(str(error), rerun)
    return say(Report("custody push", [case], answer, rerun), options)


def _push(options: argparse.Namespace, content: bytes) -> tuple[Case, dict[str, object]]:
    name, portal = str(options.file), portal_of(options)
    key = str(uuid.uuid5(NAMESPACE, content.hex()))
    try:
        answer = as_object(portal.post("contracts/push", content, "application/yaml", key=key))
    except PortalAway as error:
        raise Unreadable(str(error)) from error
    except PortalRefused as error:
        if error.status in (401, 403):
            raise Unreadable(str(error)) from error
        problem = Problem("push.refused", str(error), file=name, line=1, who="an owner of the contract's team")
        return Case(name, Outcome.FAIL, "", [problem]), {"ok": False, "errors": [str(error)]}
    said = f"{answer.get('contract')} {answer.get('version')} is {answer.get('state')}: {answer.get('url')}"
    return Case(name, Outcome.PASS, said), {"ok": True, **answer}


def _errors(case: Case) -> list[str]:
    return [f"{problem.place}: {problem.message}" for problem in case.problems]
