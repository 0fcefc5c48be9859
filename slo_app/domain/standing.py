"""How an SLO stands right now, in one word; green is only what was measured lately and met its target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from .alert import Phase
from .measurement import Result


class Standing(Enum):
    """A word for people, and the kind of state that its icon and colour follow."""

    FIRING = ("Firing", "bad")
    ACKNOWLEDGED = ("Acknowledged", "warn")
    PROBE_FAILED = ("Probe failed", "bad")
    NO_DATA = ("No data", "warn")
    STALE = ("Stale", "warn")
    PENDING = ("Pending", "wait")
    OFF_TARGET = ("Off target", "warn")
    INSUFFICIENT = ("Too little data", "info")
    NOT_PROBED = ("Not probed", "wait")
    NOT_INSTALLED = ("Not measured yet", "off")
    INCOMPLETE = ("Incomplete", "warn")
    DISABLED = ("Switched off", "off")
    ON_TARGET = ("On target", "ok")

    @property
    def word(self) -> str:
        """What people read."""
        return self.value[0]

    @property
    def kind(self) -> str:
        """ok, warn, bad, wait, info or off."""
        return self.value[1]


OF_PHASE = {
    Phase.FIRING: Standing.FIRING,
    Phase.ACKNOWLEDGED: Standing.ACKNOWLEDGED,
    Phase.NO_DATA: Standing.NO_DATA,
}
OF_RESULT = {
    Result.PROBE_ERROR: Standing.PROBE_FAILED,
    Result.NO_DATA: Standing.NO_DATA,
    Result.INSUFFICIENT: Standing.INSUFFICIENT,
    Result.BREACH: Standing.OFF_TARGET,
    Result.OK: Standing.ON_TARGET,
}


@dataclass(frozen=True, slots=True)
class Last:
    """The newest measurement."""

    at: datetime
    result: Result


def standing(
    *,
    installed: bool,
    enabled: bool,
    phase: Phase,
    last: Last | None,
    stale_after: timedelta,
    now: datetime,
    complete: bool = True,
) -> Standing:
    """The first of these that is true, the loudest first.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> minute = timedelta(minutes=1)
    >>> good = Last(noon, Result.OK)
    >>> standing(installed=True, enabled=True, phase=Phase.OK, last=good, stale_after=2 * minute, now=noon).word
    'On target'
    >>> later = noon + 3 * minute
    >>> standing(installed=True, enabled=True, phase=Phase.OK, last=good, stale_after=2 * minute, now=later).word
    'Stale'
    """
    if not installed:
        return Standing.NOT_INSTALLED
    if not enabled:
        return Standing.DISABLED
    if not complete:
        return Standing.INCOMPLETE
    if phase in (Phase.FIRING, Phase.ACKNOWLEDGED):
        return OF_PHASE[phase]
    if last is None:
        return OF_PHASE.get(phase, Standing.NOT_PROBED)
    if now - last.at > stale_after:
        return Standing.STALE
    if last.result is not Result.PROBE_ERROR and phase in (Phase.NO_DATA, Phase.PENDING):
        return OF_PHASE.get(phase, Standing.PENDING)
    return OF_RESULT[last.result]
