"""A registry for the rooms above: is live data ready for a new version before it comes into force?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts_app.models import Version


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a check found: whether the version may come into force, and a sentence with the figures."""

    ok: bool
    text: str


ReadinessCheck = Callable[[Version], Readiness | None]
_checks: dict[str, ReadinessCheck] = {}


def readiness_check(name: str) -> Callable[[ReadinessCheck], ReadinessCheck]:
    """Register the function below it; it answers None where it has nothing to say about a version."""

    def register(check: ReadinessCheck) -> ReadinessCheck:
        _checks[name] = check
        return check

    return register


def run_checks(version: Version) -> list[dict[str, object]]:
    """What every registered check says of the version, as kept with it."""
    answers = ((name, check(version)) for name, check in sorted(_checks.items()))
    return [{"check": name, "ok": answer.ok, "text": answer.text} for name, answer in answers if answer]
