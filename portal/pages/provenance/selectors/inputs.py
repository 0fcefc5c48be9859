"""The way back from what was asked about, as readings with runs, owners and states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lineage_app.selectors.provenance import Provenance, fed_at, fed_by, fed_in_version, root_of, started
from lineage_app.selectors.questions import SelfTold, bringers_of, told_by
from portal.core.catalog.selectors import assets_by_id
from portal.pages.provenance.domain.answer import Reading, RunFacts, State
from portal.pages.provenance.selectors.subjects import Found

DEEPEST = 200
"""Runs back that an answer follows: beyond any pipeline that was seen, so that it ends at sources."""


@dataclass(frozen=True)
class Way:
    """The way back: its readings, the run asked about, whether it is whole, and the assets by number."""

    readings: tuple[Reading, ...]
    run: Any
    whole: bool
    assets: Mapping[int, Any]
    jobs: tuple[int, ...]


def way_to(found: Found, *, known_at: datetime | None, depth: int = DEEPEST) -> Way:
    """What fed what was found, back to its sources or `depth` runs."""
    steps = _steps(found, known_at, depth)
    first = steps.steps[0] if steps.steps else None
    run = found.run or (first.run if first and first.distance == 0 else None)
    assets = assets_by_id({step.dataset.asset_id for step in steps if step.dataset.asset_id})
    told: dict[int, RunFacts] = {}
    for step in steps:
        if step.run is not None and step.run.pk not in told:
            told[step.run.pk] = facts_of(step.run)
    readings = tuple(_reading(step, found.at, assets, told) for step in steps)
    jobs = {each.job_id for each in [run, *(step.run for step in steps)] if each is not None and each.job_id}
    return Way(readings, run, steps.whole, assets, tuple(sorted(jobs)))


def _steps(found: Found, known_at: datetime | None, depth: int) -> Provenance:
    if found.run is not None:
        return fed_by(found.run, depth=depth, known_at=known_at)
    if found.dataset is None:
        return Provenance()
    if found.version:
        return fed_in_version(found.dataset, found.version, found.at, depth=depth, known_at=known_at)
    return fed_at(found.dataset, found.at, depth=depth, known_at=known_at)


def _reading(step: Any, at: datetime, assets: Mapping[int, Any], told: Mapping[int, RunFacts]) -> Reading:
    asset = assets.get(step.dataset.asset_id or 0)
    owner = asset.owner_team if asset else None
    return Reading(
        dataset=f"{step.dataset.namespace}/{step.dataset.name}",
        url=step.dataset.get_absolute_url(),
        asset=asset.pk if asset else None,
        distance=step.distance,
        read_at=started(step.consumer) if step.consumer else at,
        version=step.version,
        how=step.how,
        state=_state(step, (asset.layer if asset else "") or step.dataset.layer),
        writer=told[step.run.pk] if step.run is not None else None,
        consumer=step.consumer.run_id if step.consumer else "",
        owner=owner.name if owner else "",
        owner_url=owner.get_absolute_url() if owner else "",
    )


def _state(step: Any, layer: str) -> State:
    if step.run is not None:
        return ("Run known", "ok")
    if step.version:
        return ("Version without a run", "warn")
    return ("Source", "info") if layer == "source" else ("No producer seen", "warn")


def facts_of(run: Any, told: SelfTold | None = None) -> RunFacts:
    """One run as the answer shows it, from its own row."""
    said = told or told_by(run)
    return RunFacts(
        run_id=run.run_id,
        url=run.get_absolute_url(),
        job=run.job.name if run.job else "",
        job_url=run.job.get_absolute_url() if run.job else "",
        status=run.status,
        started_at=run.started_at,
        ended_at=run.ended_at,
        revision=said.code.revision,
        revision_url=said.code.revision_url,
        repository=said.code.repository,
        path=said.code.path,
        branch=said.code.branch,
        image=said.image,
        engine=said.engine,
        nominal=said.nominal,
        purpose=said.purpose,
        parameters=said.parameters,
    )


def whole_facts_of(run: Any) -> RunFacts:
    """The run asked about: also by whose token it was told, and what began it."""
    from dataclasses import replace

    top = root_of(run)
    began = f"the run {top.run_id}{f' of {top.job.name}' if top.job else ''}" if top else ""
    brought = tuple(bringers_of(run))
    facts = facts_of(run)
    return replace(facts, brought_by=brought, begun_by=began, begun_by_url=top.get_absolute_url() if top else "")


def moments_of(readings: Iterable[Reading]) -> dict[tuple[int, datetime], Reading]:
    """Each asset with each moment at which it was read, with one reading of it."""
    return {(each.asset, each.read_at): each for each in readings if each.asset is not None}
