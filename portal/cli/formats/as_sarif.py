"""SARIF 2.1.0 (OASIS Standard, 2020): for code scanning and editors.

What is not yet known is a result of the kind `open` (3.27.9: the information does not suffice), what is waived one with
an accepted suppression (3.35), so that neither is shown as green.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from portal.cli.report import Level, Outcome, Problem, Report, one_line

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.WAIVED: "error", Level.NOTE: "note"}


def render(report: Report) -> str:
    """The log with its one run."""
    rules = sorted({problem.rule for problem in report.problems})
    run = {
        "tool": {"driver": {"name": "custody", "rules": [_rule(rule) for rule in rules]}},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules) for problem in report.problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: str) -> dict[str, Any]:
    return {"id": rule, "shortDescription": {"text": rule.replace(".", ": ").replace("-", " ")}}


def _invocation(report: Report) -> dict[str, Any]:
    decided = report.outcome is not Outcome.UNDECIDED
    return {"commandLine": report.again, "exitCode": report.outcome.value, "executionSuccessful": decided}


def _result(problem: Problem, rules: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": rules.index(problem.rule),
        "message": {"text": _told(problem)},
    }
    if problem.level is Level.UNKNOWN:
        result |= {"kind": "open", "level": "none"}
    else:
        result["level"] = LEVELS[problem.level]
    if problem.level is Level.WAIVED:
        waiver = {"kind": "external", "status": "accepted", "justification": one_line(problem.waiver)}
        result["suppressions"] = [waiver]
    if problem.file:
        result["locations"] = [{"physicalLocation": _location(problem)}]
    return result


def _told(problem: Problem) -> str:
    more = (("To do", problem.todo), ("Who can unblock it", problem.who))
    return one_line(problem.message + "".join(f" {word}: {text}" for word, text in more if text))


def _location(problem: Problem) -> dict[str, Any]:
    region = {"startLine": problem.line} if problem.line else {}
    region |= {"startColumn": problem.column} if problem.line and problem.column else {}
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.file)}}
    return location | ({"region": region} if region else {})
