"""The steps of a fire drill, its due date and its patience; a step that does not come in time is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

EVERY = timedelta(days=90)
SOON = timedelta(days=14)  # a drill that is due within this stands on the work list
GRACE = timedelta(days=30)  # a team that never drilled has this long from its first SLO on
PATIENCE = timedelta(minutes=30)  # a drill whose next step does not come in this time has failed
STEPS = ("measured", "fired", "delivered", "acknowledged")


@dataclass(frozen=True, slots=True)
class Progress:
    """When each step happened, in the order of STEPS; None for what has not happened yet."""

    started_at: datetime
    measured_at: datetime | None = None
    fired_at: datetime | None = None
    delivered_at: datetime | None = None
    acknowledged_at: datetime | None = None

    @property
    def missing(self) -> str:
        """The first step that has not happened, or an empty text.

        >>> noon = datetime(2026, 1, 1, 12)
        >>> Progress(noon, measured_at=noon, fired_at=noon).missing
        'delivered'
        """
        times = (self.measured_at, self.fired_at, self.delivered_at, self.acknowledged_at)
        return next((step for step, at in zip(STEPS, times, strict=True) if at is None), "")

    def failed(self, now: datetime) -> bool:
        """Whether a step is missing and its time is over."""
        return bool(self.missing) and now - self.started_at > PATIENCE


def due_at(first_slo: datetime, last_delivered: datetime | None) -> datetime:
    """When a team's next drill is due.

    >>> noon = datetime(2026, 1, 1)
    >>> due_at(noon, None).isoformat(), due_at(noon, noon).isoformat()
    ('2026-01-31T00:00:00', '2026-04-01T00:00:00')
    """
    return last_delivered + EVERY if last_delivered else first_slo + GRACE
