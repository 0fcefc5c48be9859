"""The dates that a contract's versions set: when a notice ends, a deprecation, or the life of a field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

NOTICE, DEPRECATION, REMOVAL = "notice", "deprecation", "removal"
REMIND_BEFORE = {NOTICE: timedelta(days=3), DEPRECATION: timedelta(days=7), REMOVAL: timedelta(days=7)}
"""How long before its date people are reminded of a deadline."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date of one version; `key` names it within the version, `set_at` is when it was fixed."""

    kind: str
    when: datetime
    text: str
    field: str = ""
    set_at: datetime | None = None

    @property
    def key(self) -> str:
        """What reminders are remembered by."""
        return f"{self.kind}:{self.field}:{self.when:%Y-%m-%d}"

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to remind: close enough, not over, and not set only just before.

        >>> from datetime import UTC
        >>> soon = Deadline(NOTICE, datetime(2026, 3, 15, tzinfo=UTC), "", set_at=datetime(2026, 3, 1, tzinfo=UTC))
        >>> soon.is_due(datetime(2026, 3, 11, tzinfo=UTC)), soon.is_due(datetime(2026, 3, 13, tzinfo=UTC))
        (False, True)
        """
        before = REMIND_BEFORE[self.kind]
        long_enough = self.set_at is None or self.when - self.set_at > before
        return long_enough and self.when - before <= now < self.when
