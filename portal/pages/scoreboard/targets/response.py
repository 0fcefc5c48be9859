"""People answer incidents faster than in the 28 days before: the times to acknowledge and to resolve fall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from portal.core.identity.roles import Role
from portal.core.web.times import duration
from portal.pages.scoreboard.figures import LISTED, Figure, Gap, Standing, not_measured
from portal.pages.scoreboard.registry import target
from slo_app.selectors.programme import incidents_waiting
from slo_app.selectors.response import answer

STANDINGS = {"Falling": Standing.REACHED, "Level": Standing.MISSED, "Rising": Standing.MISSED}
RUNBOOK = (
    "Open the incidents that wait: take on what nobody has acknowledged.",
    "See whether the rotation has a gap, or an address that nobody reads; correct it, and drill.",
    "Read the runbook of the SLO that took longest, and the post-mortems of the last 28 days.",
)
ALERT = "Letter to the head of data on the day the median stops falling; every incident pages its own on-call."


@target(
    "acknowledge",
    title="Time to acknowledge falls (MTTA)",
    goal="Median of 28 days below the one before",
    order=50,
    unit="s",
    counts="incidents",
    owner=Role.HEAD_OF_DATA,
    workstream="observability-slos",
    alert=ALERT,
    runbook=RUNBOOK,
    source="slos:response?of=acknowledged",
)
def acknowledge(at: datetime) -> Figure:
    """The median from firing to the first acknowledgement."""
    found = answer(at)
    return _figure(found.now.acknowledge, found.before.acknowledge, found.acknowledge_trend.word, untaken=True)


@target(
    "resolve",
    title="Time to resolve falls (MTTR)",
    goal="Median of 28 days below the one before",
    order=60,
    unit="s",
    counts="incidents",
    owner=Role.HEAD_OF_DATA,
    workstream="observability-slos",
    alert=ALERT,
    runbook=RUNBOOK,
    source="slos:response?of=resolved",
)
def resolve(at: datetime) -> Figure:
    """The median from firing to the end, of incidents that a person touched."""
    found = answer(at)
    return _figure(found.now.resolve, found.before.resolve, found.resolve_trend.word, untaken=False)


def _figure(spread: Any, before: Any, word: str, *, untaken: bool) -> Figure:
    if spread is None:
        return not_measured("No incident ended in the last 28 days.")
    waiting = incidents_waiting(untaken=untaken)
    was = f"{duration(before.median)} of {before.count}" if before else "none"
    return Figure(
        standing=STANDINGS.get(word, Standing.TOO_FEW),
        value=spread.median.total_seconds(),
        shown=duration(spread.median),
        covered=spread.count,
        total=before.count if before else 0,
        note=f"{word}: median of {spread.count} incidents in 28 days; before {was}. A trend needs five in both.",
        missing=waiting.count(),
        gaps=tuple(_gaps(waiting[:LISTED], untaken=untaken)),
    )


def _gaps(incidents: Iterable[Any], *, untaken: bool) -> Iterator[Gap]:
    why = "Nobody has acknowledged it." if untaken else "It is open."
    for each in incidents:
        text = f"{each.number} about {each.slo.asset.key}"
        label = "Acknowledge it" if untaken else "Open the incident"
        yield Gap(text, f"{why} Fired {each.fired_at:%Y-%m-%d %H:%M} UTC.", each.get_absolute_url(), label)
