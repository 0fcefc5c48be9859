"""What one job did lately, as the gate asks it: completed runs with commit and image, and the datasets it wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lineage_app.domain.events import Event, EventRefused, Kind, parse, read_facets
from lineage_app.domain.metadata import run_metadata
from lineage_app.domain.names import Name
from lineage_app.domain.rewrites import rewritten
from lineage_app.models import Dataset, Inbox, Job, Run, RunIO
from lineage_app.selectors.rewrites import rules_in_force

NEWEST = 50


@dataclass(frozen=True, slots=True)
class Ran:
    """One run that completed: when, from which commit and image, and what it read and wrote."""

    at: datetime
    sha: str
    image: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Wrote:
    """A dataset that a job was seen to write; `asset_id` where an asset claims it."""

    name: str
    asset_id: int | None
    at: datetime


def completed_runs(namespace: str, name: str, *, since: datetime) -> list[Ran]:
    """The job's newest completed runs that its own token told of, the latest first; at most NEWEST."""
    found = _runs(namespace, name, since)[:NEWEST]
    touched = _touched(found)
    return [_ran(run, touched) for run in found]


def outputs_of_job(namespace: str, name: str, *, since: datetime) -> list[Wrote]:
    """Every dataset that a completed run of the job wrote since then, by its representative, the latest first."""
    runs = _runs(namespace, name, since)
    rows = RunIO.objects.filter(run__in=runs.values("pk"), role=RunIO.Role.OUTPUT, is_foreign=False)
    latest: dict[int, Wrote] = {}
    for row in rows.select_related("dataset__root", "run").order_by("-run__last_at"):
        dataset = row.dataset.root or row.dataset
        latest.setdefault(dataset.pk, Wrote(_key(dataset), dataset.asset_id, row.run.last_at))
    return list(latest.values())


def job_is_known(namespace: str, name: str) -> bool:
    """Whether any event spoke of the job."""
    return Job.objects.filter(key=_job_key(namespace, name)).exists()


def events_waiting() -> int:
    """How many events are kept and not yet in the graph."""
    return Inbox.objects.filter(failed_at=None).count()


def runs_in_events(bodies: Iterable[bytes], namespace: str, name: str) -> list[Ran]:
    """The completed runs of the job that these OpenLineage events tell; raises EventRefused for what is no event."""
    rules = rules_in_force()
    events = [rewritten(parse(body), rules) for body in bodies]
    job = Name(rules.job(namespace), name)
    mine = [event for event in events if event.kind is Kind.RUN and event.job_name == job]
    done = [event for event in mine if event.type == "COMPLETE"]
    return [_told(event, [one for one in mine if one.subject == event.subject]) for event in done]


def _runs(namespace: str, name: str, since: datetime) -> Any:
    job = _job_key(namespace, name)
    return Run.objects.filter(job__key=job, status="COMPLETE", is_foreign=False, last_at__gte=since).order_by(
        "-last_at"
    )


def _touched(runs: Iterable[Run]) -> dict[tuple[int, str], list[str]]:
    rows = RunIO.objects.filter(run__in=[run.pk for run in runs], is_foreign=False).select_related("dataset__root")
    found: dict[tuple[int, str], list[str]] = {}
    for row in rows:
        found.setdefault((row.run_id, row.role), []).append(_key(row.dataset.root or row.dataset))
    return found


def _ran(run: Run, touched: dict[tuple[int, str], list[str]]) -> Ran:
    said = dict(run_metadata(run.facets, run.job_facets))
    inputs, outputs = (tuple(sorted(touched.get((run.pk, role), ()))) for role in ("input", "output"))
    return Ran(run.last_at, said.get("Revision", ""), said.get("Image", ""), inputs, outputs, run.get_absolute_url())


def _told(done: Event, events: list[Event]) -> Ran:
    """A run as its events tell it together: whichever of them names a dataset or a facet."""
    run: dict[str, Any] = {}
    job: dict[str, Any] = {}
    for event in sorted(events, key=lambda each: each.time):
        run |= read_facets(event.run.facets) if event.run else {}
        job |= read_facets(event.job.facets) if event.job else {}
    said = dict(run_metadata(run, job))
    inputs = sorted({str(item.full_name) for event in events for item in event.inputs})
    outputs = sorted({str(item.full_name) for event in events for item in event.outputs})
    return Ran(done.time, said.get("Revision", ""), said.get("Image", ""), tuple(inputs), tuple(outputs))


def _job_key(namespace: str, name: str) -> str:
    """Return the key of the job that pipelines call so: the rewrite rules may know it under another name."""
    return Name(rules_in_force().job(namespace), name).key


def _key(dataset: Dataset) -> str:
    return f"{dataset.namespace}/{dataset.name}"


__all__ = [
    "EventRefused",
    "Ran",
    "Wrote",
    "completed_runs",
    "events_waiting",
    "job_is_known",
    "outputs_of_job",
    "runs_in_events",
]
