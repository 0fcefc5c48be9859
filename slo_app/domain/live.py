"""Whether an SLO is live: somebody would know, be told, and know what to do, and all that has been tried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DRILLED_WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an SLO; `lacks` is what its definition misses, `drilled_at` when its last drill arrived."""

    enabled: bool
    installed: bool
    lacks: str
    last_at: datetime | None
    stale_after: timedelta
    owner: str
    on_call: bool
    runbook: bool
    drilled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Live:
    """Live, or incomplete with a sentence for each thing that is missing."""

    missing: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def live(facts: Facts, now: datetime) -> Live:
    """All that is missing, each with what to do.

    >>> from datetime import UTC
    >>> noon, minute = datetime(2026, 1, 1, 12, tzinfo=UTC), timedelta(minutes=1)
    >>> live(Facts(True, True, "", noon, 2 * minute, "Data Platform", True, True, noon - 89 * timedelta(1)), noon).ok
    True
    >>> live(Facts(True, True, "", noon, 2 * minute, "Data Platform", True, True, None), noon).missing
    ('No fire drill of Data Platform was delivered within 90 days. Start one.',)
    """
    owner = facts.owner or "its team"
    measured = facts.last_at is not None and now - facts.last_at <= facts.stale_after
    drilled = facts.drilled_at is not None and now - facts.drilled_at <= DRILLED_WITHIN
    wanted = (
        (facts.enabled, "It is switched off. Measure it again."),
        (facts.installed, "The indicator that measures it is not installed."),
        (not facts.lacks, facts.lacks),
        (measured, "It was not measured within two intervals. Look at its last result, or at the worker."),
        (facts.owner, "It has no owner. Name one in the contract, or on the asset."),
        (facts.on_call, f"Nobody of {owner} is on call. Give somebody the turn or the role."),
        (facts.runbook, "It has no runbook. Write one."),
        (drilled, f"No fire drill of {owner} was delivered within 90 days. Start one."),
    )
    return Live(tuple(sentence for fine, sentence in wanted if not fine))
