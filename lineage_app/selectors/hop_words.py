"""How a hop's state reads: its word and mark, and what to do next about one that is missing."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode

from lineage_app.domain.coverage import HopState
from lineage_app.selectors.coverage import Hop

WORDS = {
    HopState.COVERED: ("Covered", "ok"),
    HopState.SHAKY: ("Covered, failed since", "warn"),
    HopState.FAILED: ("Failed", "bad"),
    HopState.STALE: ("Stale", "warn"),
    HopState.FOREIGN: ("Foreign only", "warn"),
    HopState.DECLARED: ("Declared only", "info"),
    HopState.NEVER: ("Never seen", "bad"),
    HopState.UNKNOWN: ("Not in lineage", "bad"),
    HopState.NO_FLOW: ("No flow declared", "bad"),
}


class Step(NamedTuple):
    """What to do next, where, and what the link says."""

    text: str
    url: str
    label: str


def next_step(hop: Hop, job: Any = None) -> Step | None:
    """What the owner of a missing hop does next; None for a hop that is covered and holds."""
    match hop.state:
        case HopState.COVERED:
            return None
        case HopState.NO_FLOW:
            url = f"{reverse('lineage:flow-new')}?{urlencode({'step': hop.dst.pk})}"
            return Step("Nobody has declared what leads to this tier-1 product.", url, "Declare its flow")
        case HopState.UNKNOWN:
            return Step("Lineage knows no dataset of one end: send its name as the catalog has it, or add an alias.",
                        reverse("pages:asset", args=[hop.dst.pk]), "Open the asset")  # fmt: skip
        case HopState.FOREIGN:
            text = "Only a token outside its namespaces told of it: ask an administrator for one that covers them."
            return Step(text, reverse("lineage:index"), "See recent runs")
        case HopState.DECLARED:
            return Step("It is declared, and no run has confirmed it: run the job that writes it.", *_job(job, hop))
        case HopState.STALE:
            return Step("No run completed within seven days: see why the job stopped, or run it.", *_job(job, hop))
        case HopState.NEVER:
            text = "No run was ever seen from one to the other: emit OpenLineage from the job that writes it."
            return Step(text, f"{reverse('lineage:index')}#runs", "See what runs")
    return Step("The last run failed: mend the job and run it again.", *_job(job, hop))


def _job(job: Any, hop: Hop) -> tuple[str, str]:
    if job is not None:
        return job.get_absolute_url(), f"Open {job.name}"
    return reverse("pages:asset", args=[hop.dst.pk]), "Open the asset"
