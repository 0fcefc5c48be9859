"""What the changes of a version ask to be shown before it comes into force, and what has been shown so far."""

from __future__ import annotations

from typing import Any

from contracts_app.domain.lifecycle import State
from contracts_app.models import ReadinessRun, Version
from contracts_app.selectors.checks import may_test
from contracts_app.selectors.waivers import waived

ASKABLE = (State.PROPOSED, State.SCHEDULED)


def required(version: Version) -> dict[str, list[dict[str, Any]]]:
    """Changes by what they require (`live-data`, `slo-history`, `stores`, …; see `domain.changes.NEEDS`).

    A row that is waived requires nothing; a first version has no changes.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for change in version.report.get("changes", ()):
        words = change.get("requires") or ()
        if words and waived(version, change["kind"], change["path"]) is None:
            for word in words:
                found.setdefault(word, []).append(change)
    return found


def readiness_of(version: Version) -> ReadinessRun | None:
    """What the slow checks said last, until when it holds, and when they are asked again."""
    return ReadinessRun.objects.filter(version=version).first()


def may_ask_readiness(user: Any, version: Version) -> bool:
    """Whether the person may have the checks run now: whoever may test, while the version waits for force."""
    return version.state in ASKABLE and may_test(user, version)
