"""Accumulating the events of one run into what the run did, whatever order they came in and however often.

Source: openlineage.io/docs/spec/run-cycle. The events are made a set by body digest and sorted by (event
time, digest), so the result is a pure function of the set: inputs and outputs are united, a facet's last
event time wins, a job that says COMPLETE_SNAPSHOT replaces instead of adding, `_deleted: true` removes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lineage_app.domain.events import Event, Kind, RawDataset, read_facets
from lineage_app.domain.explicit import read_by_job
from lineage_app.domain.names import Name, run_key

Facets = dict[str, Any]
TERMINAL = frozenset({"COMPLETE", "ABORT", "FAIL"})


class Received(NamedTuple):
    """An event with what its receipt added."""

    event: Event
    digest: str
    foreign: bool = False
    token: int | None = None
    received_at: datetime = datetime.min.replace(tzinfo=UTC)


@dataclass
class DatasetUse:
    """What a run said about one dataset: its facets, and those of this reading or writing."""

    facets: Facets = field(default_factory=dict)
    io_facets: Facets = field(default_factory=dict)


@dataclass
class RunState:
    """A run, or the static statement of a job or dataset, accumulated."""

    kind: Kind
    first_at: datetime
    last_at: datetime
    job: Name | None = None
    run_id: str = ""
    status: str = "OTHER"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    inputs: dict[Name, DatasetUse] = field(default_factory=dict)
    outputs: dict[Name, DatasetUse] = field(default_factory=dict)
    run_facets: Facets = field(default_factory=dict)
    job_facets: Facets = field(default_factory=dict)
    lenient: set[str] = field(default_factory=set)
    tokens: set[int] = field(default_factory=set)

    @property
    def streaming(self) -> bool:
        """Return whether the job never ends by design, so that RUNNING already proves its edges."""
        return str(_dig(self.job_facets, "jobType", "processingType")).upper() == "STREAMING"

    @property
    def read(self) -> dict[Name, DatasetUse]:
        """Return the inputs, with what the job's explicit lineage says that it reads beside them."""
        stated = read_by_job(self.job, self.job_facets.get("lineage")) if self.job else set()
        return (
            {**{name: DatasetUse() for name in sorted(stated - self.inputs.keys())}, **self.inputs}
            if stated
            else self.inputs
        )

    @property
    def parent(self) -> tuple[Name, str] | None:
        """Return (job, run key) of the parent facet."""
        job, run = parent_job(self.run_facets), _dig(_parent_facet(self.run_facets), "run", "runId")
        return (job, str(run_key(str(run))[0]) if run else "") if job else None


def accumulate(events: Iterable[Received]) -> RunState:
    """Return the state after all `events` of one subject; ValueError when there are none."""
    unique = {item.digest: item for item in events}
    ordered = sorted(unique.values(), key=lambda item: (item.event.time, item.digest))
    if not ordered:
        raise ValueError("A run without events has no state: pass at least one event.")
    first = ordered[0].event
    state = RunState(kind=first.kind, first_at=first.time, last_at=first.time)
    for item in ordered:
        apply(state, item)
    return state


def apply(state: RunState, item: Received) -> None:
    """Bring `state` from before to after `item`, the next event in the order of (event time, digest)."""
    event = item.event
    job_facets = read_facets(event.job.facets) if event.job else {}
    merge_facets(state.job_facets, job_facets)
    if event.run is not None:
        state.run_id = event.run.run_id
        found = read_facets(event.run.facets)
        merge_facets(state.run_facets, found)
        state.lenient |= {"legacy key parentRun"} if "parentRun" in found else set()
    state.job = event.job_name or state.job
    _apply_status(state, event)
    if event.kind is not Kind.RUN or _is_snapshot(state.job_facets):
        state.inputs, state.outputs = {}, {}
    _apply_datasets(state.inputs, event.inputs)
    _apply_datasets(state.outputs, event.outputs)
    state.lenient |= set(event.lenient)
    state.tokens |= {item.token} if item.token is not None else set()


def _apply_status(state: RunState, event: Event) -> None:
    state.last_at = event.time
    if event.type == "START":
        state.started_at = state.started_at or event.time
    if event.type in TERMINAL:
        state.status, state.ended_at = event.type, event.time
    elif event.kind is not Kind.RUN:
        state.status = "STATIC"
    elif state.status not in TERMINAL and event.type in {"START", "RUNNING"}:
        state.status = "RUNNING"


def _apply_datasets(known: dict[Name, DatasetUse], sent: Iterable[RawDataset]) -> None:
    for item in sent:
        use = known.setdefault(item.full_name, DatasetUse())
        merge_facets(use.facets, read_facets(item.facets))
        for raw in (item.input_facets, item.output_facets):
            if facets := read_facets(raw):
                merge_facets(use.io_facets, facets)


def merge_facets(known: Facets, sent: Facets) -> None:
    """Lay `sent` over `known` in place; a facet that says `_deleted: true` is removed, null or false is
    not a deletion.

    >>> facets = {"schema": {"fields": []}}
    >>> merge_facets(facets, {"schema": {"_deleted": True}, "tags": {"_deleted": None}}); facets
    {'tags': {'_deleted': None}}
    """
    for key, facet in sent.items():
        if isinstance(facet, dict) and facet.get("_deleted") is True:
            known.pop(key, None)
        else:
            known[key] = facet


def parent_job(run_facets: Facets) -> Name | None:
    """Return the job that the parent facet names; `parentRun` is its legacy key."""
    job = _dig(_parent_facet(run_facets), "job")
    if not isinstance(job, dict) or not isinstance(job.get("name"), str):
        return None
    return Name(str(job.get("namespace", "")), job["name"])


def _parent_facet(run_facets: Facets) -> Any:
    return run_facets.get("parent") or run_facets.get("parentRun")


def _is_snapshot(job_facets: Facets) -> bool:
    mode = _dig(job_facets, "jobType", "emissionPattern", "eventContentMode")
    return bool(mode == "COMPLETE_SNAPSHOT")


def _dig(facet: Any, *path: str) -> Any:
    for key in path:
        if not isinstance(facet, dict):
            return None
        facet = facet.get(key)
    return facet
