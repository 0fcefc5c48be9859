"""Questions to the gates."""

from portal.gates.selectors.reading import (
    as_json,
    failed_for_teams,
    findings_by_gate,
    known_jobs,
    run_for,
    runs_like,
)
from portal.gates.selectors.standing import Standing, standings

__all__ = [
    "Standing",
    "as_json",
    "failed_for_teams",
    "findings_by_gate",
    "known_jobs",
    "run_for",
    "runs_like",
    "standings",
]
