"""Readiness on live data (gate R): the new version tested where its asset lies, judged by what it adds.

What can be tested must hold; what the portal cannot test does not hold a version back, and stands as untested in its
conditions and in the ledger. A check that the version in force promises too and that fails already is named and does
not hold the new one back: the change is not what breaks it. A rule may fail for as many rows as the accuracy target
of the new version leaves.
"""

from __future__ import annotations

from collections.abc import Iterable

from contracts_app import selectors
from contracts_app.domain.checks.outcome import Kind, Outcome, RunState
from contracts_app.domain.lifecycle import State
from contracts_app.domain.model import Document
from contracts_app.domain.rules.ruleset import row_rules
from contracts_app.domain.terms import slo_terms
from contracts_app.models import TestResult, TestRun, Trigger, Version
from contracts_app.services.checks_runs import run_contract_tests
from contracts_app.services.readiness import Readiness, readiness_check

NEED = "live-data"
SHOWN = 5
BAD = (Outcome.FAILED, Outcome.NOT_RUN)


def _asks(version: Version) -> bool:
    return NEED in selectors.required(version) and bool(selectors.places_to_test(version)[0])


@readiness_check("live data", asks=_asks)
def live_data(version: Version) -> Readiness | None:
    """The contract tests of the new version, where one of its changes requires them."""
    if NEED not in selectors.required(version):
        return None
    places, why_not = selectors.places_to_test(version)
    if not places:
        return Readiness(True, f"Not tested on live data. {why_not}")
    run = run_contract_tests(version, trigger=Trigger.READINESS)
    if run.is_open:
        return Readiness(False, "Live data is being tested.", waits=True, url=run.get_absolute_url())
    return judge(run)


def judge(run: TestRun) -> Readiness:
    """Whether the run holds the version back, with the figures."""
    url = run.get_absolute_url()
    if run.state == RunState.NOT_TESTED:
        return Readiness(False, f"Live data could not be tested. {run.reason}", url=url)
    bad = list(run.results.filter(state__in=BAD))
    old, tolerated = _promised_already(run.version), _tolerated(run.version.document)
    known = [each for each in bad if (each.kind, each.name, each.text) in old]
    small = [each for each in bad if each not in known and _within(each, tolerated)]
    holding = [each for each in bad if each not in known and each not in small]
    return Readiness(not holding, _sentence(run, holding, small, known, tolerated), url=url)


def _sentence(
    run: TestRun, holding: list[TestResult], small: list[TestResult], known: list[TestResult], tolerated: float
) -> str:
    rows = f"{run.rows:,} live rows" if run.rows is not None else "the live schema"
    kept = run.counts.get(Outcome.OK, 0)
    said = [f"Tested on {rows}: {kept} checks kept, {_holding(len(holding))}{_listed(holding)}."]
    if small:
        said.append(f"Within the accuracy target ({tolerated:g} % may fail): {_listed(small, '')}.")
    if known:
        said.append(f"Failing under the version in force too, so not held against this one: {_listed(known, '')}.")
    return " ".join(said)


def _holding(number: int) -> str:
    return f"{number or 'none'} hold{'s' if number == 1 else ''} it back"


def _listed(results: Iterable[TestResult], lead: str = ": ") -> str:
    """The first few, each with its figures."""
    found = list(results)
    names = [f"{each.name} ({_figures(each)})" for each in found[:SHOWN]]
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return f"{lead}{', '.join([*names, *more])}" if found else ""


def _figures(each: TestResult) -> str:
    if each.failing is not None:
        return f"{each.failing:,} of {each.total:,} rows fail"
    return "column missing" if "missing" in each.sentence or "no column" in each.sentence else each.state


def _within(each: TestResult, tolerated: float) -> bool:
    return each.kind == Kind.RULE and each.share is not None and each.share <= tolerated


def _tolerated(document: Document) -> float:
    """Percent of the rows that may fail a rule: what the accuracy target leaves; none without such a target."""
    accuracy = next((term for term in slo_terms(document) if term.kind == "accuracy"), None)
    return round(100 - accuracy.target[1], 6) if accuracy else 0.0


def _promised_already(version: Version) -> set[tuple[str, str, str]]:
    """Checks of the version in force that the new one states in the same words: (kind, name, text)."""
    active = next((each for each in selectors.in_force_before(version) if each.state == State.ACTIVE), None)
    return _promises(active.document) if active else set()


def _promises(document: Document) -> set[tuple[str, str, str]]:
    rules = {(str(Kind.RULE), rule.name, rule.text) for rule in row_rules(document)}
    unique = {(str(Kind.UNIQUE), spec.name, f"{spec.name} is unique") for spec in document.fields if spec.unique}
    columns = {(str(Kind.SCHEMA), spec.name, "") for spec in document.fields}
    types = {(str(Kind.TYPE), spec.name, spec.type) for spec in document.fields}
    return rules | unique | columns | types
