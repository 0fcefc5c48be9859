"""How several facts about one promise add up: one that is broken decides, then one that nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Outcome(Enum):
    """Kept, broken or unknown; unknown is never shown as kept."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"

    @property
    def word(self) -> str:
        """For people."""
        return {"kept": "Kept", "broken": "Broken", "unknown": "Unknown"}[self.value]

    @property
    def mark(self) -> str:
        """The kind of its mark."""
        return {"kept": "ok", "broken": "bad", "unknown": "warn"}[self.value]


def outcome(facts: Iterable[bool | None]) -> Outcome:
    """What some facts come to; without any, nothing is known.

    >>> outcome([True, None, False]).word, outcome([True, None]).word, outcome([True]).word, outcome([]).word
    ('Broken', 'Unknown', 'Kept', 'Unknown')
    """
    seen = list(facts)
    if False in seen:
        return Outcome.BROKEN
    return Outcome.KEPT if seen and None not in seen else Outcome.UNKNOWN
