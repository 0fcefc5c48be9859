"""What the tests of the version on its live data found, now and over time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app import selectors
from contracts_app.domain.checks.outcome import Outcome
from contracts_app.models import Version
from contracts_app.states import OUTCOME_KINDS, counts_of_run, state_of_run
from contracts_app.tabs import tab

SHOWN = 12


@tab(key="tests", title="Tests", order=40, template="contracts_app/tabs/tests.html")
def tests_tab(request: HttpRequest, version: Version) -> dict[str, Any]:
    """The newest run with what is wrong in it, an open run, and the history; nothing is tested by looking."""
    history = selectors.runs_of(version)
    latest = history[0] if history else None
    troubles = selectors.troubles_of(latest)[: SHOWN + 1] if latest else []
    places, why_not = selectors.places_to_test(version) if version.loaded.ok else ([], "Mend the draft first.")
    return {
        "latest": latest,
        "latest_mark": state_of_run(latest) if latest else None,
        "counts": counts_of_run(latest) if latest else [],
        "troubles": [(each, OUTCOME_KINDS[Outcome(each.state)]) for each in troubles[:SHOWN]],
        "more_troubles": len(troubles) > SHOWN,
        "open_run": selectors.open_test_run(version),
        "history": [(each, *state_of_run(each), each.counts.get(Outcome.FAILED, 0)) for each in history],
        "failed_line": [each.counts.get(Outcome.FAILED, 0) for each in reversed(history)],
        "places": places,
        "why_not": why_not,
        "readiness": selectors.readiness_of(version) if version.state in selectors.ASKABLE else None,
        "waits_for_force": version.state in selectors.ASKABLE,
        "may_ask_readiness": selectors.may_ask_readiness(request.user, version),
        "may_test": selectors.may_test(request.user, version),
    }
