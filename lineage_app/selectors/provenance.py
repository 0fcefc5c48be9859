"""What fed a run, down to versions and back to the sources: which run's writing each reading saw, and how that is
known (domain/provenance has the rule).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lineage_app.domain.metadata import run_metadata
from lineage_app.domain.provenance import LATEST, SOURCE, Choice, choose
from lineage_app.models import Dataset, Run
from lineage_app.selectors.ahead import Ahead, look_ahead
from lineage_app.selectors.writings import writings_of

STEPS = 500
"""Readings that one answer follows; beyond that the answer says so."""


@dataclass(frozen=True)
class Fed:
    """One reading: `consumer` (a run) read `dataset` in `version`, which `run` had written; None: no producer is known.

    `distance` counts runs, 1 for what the asked run read itself; `how` says in words why it is this run.
    """

    dataset: Dataset
    version: str
    run: Run | None
    how: str
    distance: int
    consumer: Run | None

    @property
    def revision(self) -> str:
        """The git revision of the code that wrote it."""
        return self._said("Revision")

    @property
    def image(self) -> str:
        """The image in which that code ran."""
        return self._said("Image")

    @property
    def ended_at(self) -> datetime | None:
        """When it was written."""
        return (self.run.ended_at or self.run.last_at) if self.run else None

    def _said(self, label: str) -> str:
        return dict(run_metadata(self.run.facets, self.run.job_facets)).get(label, "") if self.run else ""


@dataclass(frozen=True)
class Provenance:
    """Every reading behind a run, nearest first; `whole` is False where a limit of depth or number ended it."""

    steps: tuple[Fed, ...] = ()
    whole: bool = True

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)


def fed_by(run: Run, *, depth: int = 10, known_at: datetime | None = None) -> Provenance:
    """Return what fed `run`, recursively: its readings, the runs that wrote those, their readings, and so on.

    The moment is that of each run's start, so the answer for a run of last year is that of last year. With
    `known_at`: as the events told it that the portal had received by then.
    """
    steps: list[_Step] = []
    level = {run.pk: started(run)}
    seen = set(level)
    ahead = look_ahead(level, depth, known_at)
    for distance in range(1, depth + 1):
        found = _steps(level, distance, ahead)
        room = STEPS - len(steps)
        steps += found[:room]
        if len(found) > room:
            return Provenance(_told(steps), whole=False)
        writings = {step.choice.writing for step in found if step.choice.writing}
        level = {each.run: each.began for each in writings if each.run not in seen}
        seen |= set(level)
        if not level:
            return Provenance(_told(steps))
    return Provenance(_told(steps), whole=not ahead.inputs_of(level))


def fed_at(dataset: Dataset, at: datetime, *, depth: int = 10, known_at: datetime | None = None) -> Provenance:
    """Return which dataset versions fed `dataset` (a model, a table) at that event time.

    The first step is the writing of the dataset itself that stood at `at`.
    """
    return _from_writing(dataset, at, "", depth, known_at)


def fed_in_version(
    dataset: Dataset, version: str, at: datetime, *, depth: int = 10, known_at: datetime | None = None
) -> Provenance:
    """Return what fed that version of `dataset`, as `fed_at`; of several writings of it the last one by `at` counts."""
    return _from_writing(dataset, at, version, depth, known_at)


def _from_writing(dataset: Dataset, at: datetime, version: str, depth: int, known_at: datetime | None) -> Provenance:
    (choice,) = _chosen([(dataset.root_pk, at, version)], known_at)
    run = Run.objects.select_related("job").get(pk=choice.writing.run) if choice.writing else None
    made = choice.writing.version if choice.writing else version
    first = Fed(dataset.root or dataset, made, run, choice.how, 0, None)
    if run is None:
        return Provenance((first,))
    behind = fed_by(run, depth=depth, known_at=known_at)
    return Provenance((first, *behind.steps), behind.whole)


def children_of(run: Run, limit: int = 100) -> list[Run]:
    """Return the runs that name this one as their parent, the latest first."""
    return list(Run.objects.filter(parent_run=run.subject).select_related("job").order_by("-last_at", "-pk")[:limit])


def root_of(run: Run) -> Run | None:
    """Return the topmost run that this one is part of, at most eight levels up; None for one that is part of nothing.

    The parent facet's `root` is taken where it names a run that is known.
    """
    parent = run.facets.get("parent") or run.facets.get("parentRun")
    named = parent.get("root", {}).get("run", {}).get("runId") if isinstance(parent, dict) else None
    found = Run.objects.select_related("job").filter(run_id=str(named)).first() if named else None
    top, seen = run, {run.pk}
    while found is None and top.parent_run and len(seen) <= 8:
        above = Run.objects.select_related("job").filter(subject=top.parent_run).first()
        if above is None or above.pk in seen:
            break
        top = above
        seen.add(top.pk)
    return found or (top if top.pk != run.pk else None)


def started(run: Run) -> datetime:
    """Return when it began to read: its START, else its first event."""
    return run.started_at or run.first_at


class _Step(NamedTuple):
    """A reading by numbers: who read which representative, the version that it said, and the writing that it saw."""

    consumer: int
    dataset: int
    version: str
    choice: Choice
    distance: int


def _steps(level: dict[int, datetime], distance: int, ahead: Ahead) -> list[_Step]:
    inputs = ahead.inputs_of(level)
    asked = [(dataset, level[run], version) for run, dataset, version in inputs]
    found = ahead.writings_for(asked)
    choices = [choose(known, at=at, version=version) for (_, at, version), known in zip(asked, found, strict=True)]
    return [_Step(*asked, choice, distance) for asked, choice in zip(inputs, choices, strict=True)]


def _told(steps: list[_Step]) -> tuple[Fed, ...]:
    """Return the steps with their rows, which are read once for all of them."""
    writers = {step.choice.writing.run for step in steps if step.choice.writing}
    runs = Run.objects.select_related("job").in_bulk(writers | {step.consumer for step in steps})
    datasets = Dataset.objects.defer("facets").in_bulk({step.dataset for step in steps})
    return tuple(_fed(step, runs, datasets[step.dataset]) for step in steps)


def _fed(step: _Step, runs: dict[int, Run], dataset: Dataset) -> Fed:
    writing, how = step.choice
    run, consumer = (runs[writing.run] if writing else None), runs[step.consumer]
    if step.version and run is None:
        how += "; no run is known that made it"
    elif how == LATEST and consumer.started_at is None:
        how += " (the start was not sent: its first event counts)"
    version = step.version or (writing.version if writing else "")
    return Fed(dataset, version, run, how, step.distance, consumer)


def _chosen(asked: list[tuple[int, datetime, str]], known_at: datetime | None) -> list[Choice]:
    """Return the choice for each (representative, moment, version)."""
    writings = writings_of(asked, known_at)
    return [choose(found, at=at, version=version) for (_, at, version), found in zip(asked, writings, strict=True)]


__all__ = [
    "SOURCE",
    "STEPS",
    "Fed",
    "Provenance",
    "children_of",
    "fed_at",
    "fed_by",
    "fed_in_version",
    "root_of",
    "started",
]
