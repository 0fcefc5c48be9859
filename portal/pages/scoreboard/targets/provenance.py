"""What, when, where, who and why of an output is answered in under fifteen minutes: asked for real, and timed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode

from lineage_app.selectors.lists import recent_runs
from portal.core.identity.roles import Role
from portal.pages.provenance.asking import Asked, asked
from portal.pages.provenance.models import Output
from portal.pages.scoreboard.figures import Figure, Gap, Standing, not_measured
from portal.pages.scoreboard.registry import target

LIMIT_S = 15 * 60
RUNS, OUTPUTS = 3, 2
"""How many are asked about at each count: the newest, whose answer somebody would want first."""


@target(
    "provenance",
    title="Provenance answered in 15 minutes",
    goal="Each under 15 min",
    order=70,
    unit="s",
    counts="answers",
    owner=Role.HEAD_OF_DATA,
    workstream="lineage-instrumentation",
    alert="Letter to the head of data on the day an answer is missing or takes too long.",
    runbook=(
        "Open the question that has no answer: the page says what lineage lacks, and who can tell it.",
        "An output without a run: its product registers the run's id with it (docs/producer.md).",
        "Slow: see how far back the answer goes, and whether the portal's database is busy.",
    ),
    source="provenance:ask",
)
def provenance(at: datetime) -> Figure:
    """The slowest answer about the newest runs and registered outputs, asked as a program asks."""
    del at  # an answer is timed now
    found = [(question, asked(None, question, proofs=False)) for question in _questions()]
    if not found:
        return not_measured("There is no completed run and no registered output to ask about yet.")
    timely = [answer.took_ms for _, answer in found if answer.answer and answer.took_ms < 1000 * LIMIT_S]
    slowest = max(timely, default=None)
    missing = len(found) - len(timely)
    return Figure(
        standing=Standing.MISSED if missing else Standing.REACHED,
        value=None if slowest is None else slowest / 1000,
        shown="" if slowest is None else f"{slowest / 1000:.2f} s",
        covered=len(timely),
        total=len(found),
        note=f"The slowest of {len(found)} answers about the newest runs and outputs, asked at this count.",
        missing=missing,
        gaps=tuple(_gaps(found)),
    )


def _questions() -> Iterator[str]:
    for run_id in recent_runs().filter(status="COMPLETE").values_list("run_id", flat=True)[:RUNS]:
        yield f"run:{run_id}"
    for output in Output.objects.order_by("-registered_at", "-pk")[:OUTPUTS]:
        yield output.question


def _gaps(found: list[tuple[str, Asked]]) -> Iterator[Gap]:
    for question, answer in found:
        url = f"{reverse('provenance:ask')}?{urlencode({'q': question})}"
        if answer.answer is None:
            yield Gap(question, answer.offer.sentence if answer.offer else "It has no answer.", url, "Ask it")
        elif answer.took_ms >= 1000 * LIMIT_S:
            yield Gap(question, f"It took {answer.seconds}.", url, "Ask it")
