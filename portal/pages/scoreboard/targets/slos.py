"""SLOs are live on tier 1 for freshness, completeness, accuracy, data drift and model drift, each with its people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.urls import reverse
from django.utils.http import urlencode

from portal.core.identity.roles import Role
from portal.pages.scoreboard.figures import LISTED, Figure, Gap, Part, Standing, not_measured
from portal.pages.scoreboard.registry import target
from slo_app.selectors.programme import DIMENSIONS, Wanted, wanted_of_tier_one


@target(
    "slos",
    title="Live SLOs of tier 1",
    goal="All five kinds, all live",
    order=30,
    line=100,
    owner=Role.HEAD_OF_DATA,
    workstream="observability-slos",
    alert="Letter to the head of data on the day the target is lost; each SLO pages its own on-call.",
    runbook=(
        "Open the list of what is missing: each SLO says what keeps it from being live.",
        "Not measured: look at its last result; the system may be away or the column renamed.",
        "Nobody on call, no owner, no runbook: the owner's team gives one on the page that the row leads to.",
        "No fire drill within 90 days: start one, and acknowledge it.",
        "A kind without any SLO: write it into the contract of the asset, or set it by hand.",
    ),
    source="slos:board?tier=1&live=no",
)
def slos(at: datetime) -> Figure:
    """How many of the SLOs of the five kinds are live; a kind or an asset without any is missing too."""
    found = wanted_of_tier_one(at, most=LISTED)
    parts = tuple(
        Part(DIMENSIONS[key], live, total, f"{reverse('slos:board')}?tier=1&kind={_kind(key)}")
        for key, (live, total) in found.counts.items()
    )
    none_of = [key for key, (_, total) in found.counts.items() if not total]
    missing = len(found.not_live) + len(none_of) + found.bare_total
    note = "Live: measured within two intervals, with owner, on-call, runbook, and a fire drill within 90 days."
    if not found.total and not found.bare_total:
        return not_measured("No asset of tier 1 is known yet.")
    percent = f"{100 * found.live // found.total if found.total else 0} %"
    return Figure(
        standing=Standing.MISSED if missing else Standing.REACHED,
        value=float(100 * found.live // found.total) if found.total else 0.0,
        shown=percent,
        covered=found.live,
        total=found.total,
        note=note,
        missing=missing,
        gaps=tuple(islice(_gaps(found, none_of), LISTED)),
        parts=parts,
    )


def _gaps(found: Wanted, none_of: list[str]) -> Iterator[Gap]:
    new = reverse("slos:new")
    for key in none_of:
        yield Gap(DIMENSIONS[key], "No tier-1 asset has an SLO of this kind.", new, "Set one")
    for asset in found.bare:
        yield Gap(asset.key, "It has no SLO at all.", f"{new}?{urlencode({'asset': asset.key})}", "Set one")
    for slo, live in found.not_live:
        more = f" And {len(live.missing) - 1} more." if len(live.missing) > 1 else ""
        yield Gap(str(slo), live.missing[0] + more, slo.get_absolute_url(), "Open the SLO")


def _kind(dimension: str) -> str:
    return "drift" if dimension.endswith("drift") else dimension
