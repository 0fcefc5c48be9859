"""Completed runs have proved at least the wanted share of the hops of tier-1 flows within seven days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings

from lineage_app.selectors.coverage import Hop, coverage
from lineage_app.selectors.flows import jobs_of_hops
from lineage_app.selectors.hop_words import WORDS, next_step
from portal.core.identity.roles import Role
from portal.pages.scoreboard.figures import LISTED, Figure, Gap, share
from portal.pages.scoreboard.registry import target


@target(
    "lineage",
    title="Lineage of tier-1 flows",
    goal=f"{settings.LINEAGE_COVERAGE_TARGET:g} % or more",
    order=20,
    line=settings.LINEAGE_COVERAGE_TARGET,
    owner=Role.HEAD_OF_DATA,
    workstream="lineage-instrumentation",
    alert="Letter to the head of data on the day the target is lost; a stuck or missing run is told to the job's team.",
    runbook=(
        "Open the list of what is missing: each hop says whether its job failed, stopped, or was never seen.",
        "Failed or stale: mend the job and run it again; the hop counts with the next completed run.",
        "Never seen: emit OpenLineage from the job (docs/producer.md); not in lineage: add an alias to the asset.",
        "No flow declared: the owner of the product declares what leads to it.",
    ),
    source="lineage:coverage",
)
def lineage(at: datetime) -> Figure:
    """The share of declared hops as of `at`, and what each missing one needs."""
    found = coverage(at)
    note = "" if found.share.total else "No flow of tier 1 is declared, so there is nothing to cover yet."
    goal = float(settings.LINEAGE_COVERAGE_TARGET)
    return share(found.share.covered, found.share.total, goal=goal, gaps=_gaps(found.missing[:LISTED]), note=note)


def _gaps(hops: Iterable[Hop]) -> Iterator[Gap]:
    listed = list(hops)
    jobs = jobs_of_hops(listed)
    for hop in listed:
        step = next_step(hop, jobs.get(hop.judged.job or 0))
        way = f"{hop.src.name} to {hop.dst.name}" if hop.src else hop.dst.name
        if step is not None:
            yield Gap(way, f"{WORDS[hop.state][0]}. {step.text}", step.url, step.label)
