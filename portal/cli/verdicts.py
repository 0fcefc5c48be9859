"""The portal's verdict as cases of a report; what does not look like a verdict is not taken for a pass."""

from __future__ import annotations

from typing import Any

from portal.cli.report import Case, Level, Outcome, Problem
from portal.client.answers import PortalAway

OUTCOMES = {"pass": Outcome.PASS, "fail": Outcome.FAIL, "undecided": Outcome.UNDECIDED}
STATES = {"pass": Outcome.PASS, "waived": Outcome.PASS, "fail": Outcome.FAIL, "unknown": Outcome.UNDECIDED}
LEVELS = {"fail": Level.ERROR, "unknown": Level.UNKNOWN, "waived": Level.WAIVED, "pass": Level.NOTE}


def outcome_of(answer: dict[str, Any]) -> Outcome:
    """The verdict's outcome; raises PortalAway where the answer has none."""
    if answer.get("verdict") not in OUTCOMES:
        raise PortalAway("What answered sent no verdict. Check the server's address, and that it is up to date.")
    return OUTCOMES[answer["verdict"]]


def cases_of(answer: dict[str, Any], manifest: str) -> list[Case]:
    """A case a gate; raises PortalAway where the answer is no verdict."""
    outcome_of(answer)
    gates = answer.get("gates")
    if not isinstance(gates, list) or not all(isinstance(gate, dict) and gate.get("state") in STATES for gate in gates):
        raise PortalAway("The verdict's gates cannot be read: the portal and this command are of different versions.")
    return [_case(gate, manifest) for gate in gates]


def _case(gate: dict[str, Any], manifest: str) -> Case:
    problems = [_problem(found, manifest) for found in gate.get("findings", [])]
    said = "waived" if gate["state"] == "waived" else ""
    return Case(str(gate.get("title", gate.get("key"))), STATES[gate["state"]], said, problems)


def _problem(found: dict[str, Any], manifest: str) -> Problem:
    waiver = found.get("waiver") or {}
    by = (
        f"{waiver.get('reason')} (signed by {waiver.get('signer')}, until {waiver.get('expires_at')})" if waiver else ""
    )
    return Problem(
        rule=str(found.get("rule", "")),
        message=str(found.get("message", "")),
        level=LEVELS.get(str(found.get("state")), Level.ERROR),
        file=str(found.get("file") or manifest),
        line=int(found.get("line") or 1),
        who=str(found.get("who", "")),
        todo=str(found.get("todo", "")),
        waiver=by,
    )
