"""What an answer lacks, each as a sentence with the page where it can be mended; an answer with a gap is not whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse

from lineage_app.selectors import projected_until
from lineage_app.selectors.horizon import before_horizon
from lineage_app.selectors.questions import findings_at
from portal.core.clock.services import now
from portal.pages.provenance.domain.answer import Agreement, Gap, Level, Reading
from portal.pages.provenance.domain.sentences import counted, listed, said
from portal.pages.provenance.selectors.inputs import Way
from portal.pages.provenance.selectors.subjects import Found

UNKNOWN = {"Stale", "Not probed", "No data", "Too little data", "Probe failed"}
"""States of SLOs that say that nothing is known, as against a target that was missed."""


def gaps_of(
    found: Found,
    way: Way,
    agreements: Iterable[Agreement],
    levels: Iterable[Level],
    *,
    known_at: datetime | None,
) -> tuple[Gap, ...]:
    """Every gap, the gravest first."""
    return (
        *_horizon(found, known_at),
        *_subject(found, way),
        *_run(way),
        *_readings(way.readings),
        *_limits(way),
        *_promises(agreements, levels),
        *_watch(found, way),
    )


def _horizon(found: Found, known_at: datetime | None) -> Iterator[Gap]:
    oldest = before_horizon(found.at, known_at)
    if oldest is not None:
        sentence = f"Lineage from before {said(oldest)} is no longer kept, and this lies before it."
        yield Gap("horizon", sentence, reverse("lineage:retention"))
    until, present = projected_until(now()), now()
    if until < min(found.at, present):
        sentence = f"Events received after {said(until)} are not in the graph yet: ask again in a minute."
        yield Gap("projection", sentence, reverse("lineage:index"))


def _subject(found: Found, way: Way) -> Iterator[Gap]:
    if found.output is not None and found.output.run_id and found.run is None:
        yield Gap("run unknown", "The output names a run of which no event has been received.", "")
    elif way.run is None:
        yield Gap("no producer", "No run is known that had written it by then.", _url(found.dataset))


def _url(row: Any) -> str:
    return row.get_absolute_url() if row is not None else ""


def _run(way: Way) -> Iterator[Gap]:
    run = way.run
    if run is None:
        return
    if run.is_foreign:
        yield Gap("foreign run", "Its events came with a token that does not cover its namespaces.", _url(run))
    if run.status != "COMPLETE":
        yield Gap(
            "not completed", f"The run told {run.status} and no completion: what it wrote may be partial.", _url(run)
        )
    if not way.readings:
        yield Gap("no inputs", "No event of the run names an input.", _url(run))


def _readings(readings: tuple[Reading, ...]) -> Iterator[Gap]:
    lost: dict[str, Reading] = {}
    unclaimed: dict[str, Reading] = {}
    for each in readings:
        if each.state[1] == "warn":
            lost.setdefault(each.dataset, each)
        if each.asset is None:
            unclaimed.setdefault(each.dataset, each)
    for name, each in lost.items():
        what = f"version {each.version} of {name} has no run" if each.version else f"no run is seen to write {name}"
        yield Gap(
            "unresolved input", f"The way back ends unexplained: {what}, and it is not marked as a source.", each.url
        )
    if unclaimed:
        several = f"{counted(len(unclaimed), 'input')} belong{'s' if len(unclaimed) == 1 else ''} to no asset"
        sentence = (
            f"{several}, so that no owner, contract or SLO can be known of {'it' if len(unclaimed) == 1 else 'them'}."
        )
        yield Gap("unclaimed", sentence, f"{reverse('lineage:index')}#unclaimed")


def _limits(way: Way) -> Iterator[Gap]:
    if not way.whole:
        back = max((each.distance for each in way.readings), default=0)
        sentence = f"The way back was cut at {counted(len(way.readings), 'reading')}, {counted(back, 'run')} back."
        yield Gap("limit", sentence, "")


def _promises(agreements: Iterable[Agreement], levels: Iterable[Level]) -> Iterator[Gap]:
    rows = list(agreements)
    without = {each.asset for each in rows if not each.contract}
    unsigned = {
        f"{each.contract} {each.version}" for each in rows if each.contract and (each.missing or not each.signed)
    }
    unknown = {(each.slo, each.at) for each in levels if each.state[0] in UNKNOWN}
    if without:
        yield Gap(
            "no contract", f"{counted(len(without), 'asset')} had no contract in force when it was read.", "#contracts"
        )
    if unsigned:
        sentence = (
            f"{counted(len(unsigned), 'contract version')} in force lacked a signature: {listed(sorted(unsigned))}."
        )
        yield Gap("unsigned contract", sentence, "#contracts")
    if unknown:
        sentence = f"{counted(len(unknown), 'SLO state')} of that time is not known: stale, not probed or without data."
        yield Gap("unknown SLO state", sentence, "#slos")


def _watch(found: Found, way: Way) -> Iterator[Gap]:
    for each in findings_at(way.jobs, found.at):
        yield Gap("finding", f"{each.job}: {each.sentence}", each.get_absolute_url())
