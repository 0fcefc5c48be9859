"""What a provenance answer asks of lineage beside the way back: runs by their id, versions, and what a run says of
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from lineage_app.domain import run_facts
from lineage_app.domain.described import part_used
from lineage_app.domain.metadata import run_metadata
from lineage_app.models import Dataset, Run, RunFinding, RunIO
from lineage_app.selectors.closure import reached
from lineage_app.selectors.moments import Moment
from portal.core.identity.selectors import token_names

OFFERED = 20
UPSTREAM_MOST = 5_000


@dataclass(frozen=True)
class Use:
    """A run read or wrote `dataset`: version, rows and bytes (None unsaid), and which part of it."""

    dataset: Dataset
    role: str
    version: str
    rows: int | None
    bytes: int | None
    part: str


@dataclass(frozen=True)
class SelfTold:
    """What a run says of itself; "" for what it does not say. `purpose` is its job's documentation."""

    code: run_facts.Code
    image: str
    engine: str
    nominal: str
    purpose: str
    parameters: tuple[tuple[str, str], ...]


def runs_called(run_id: str) -> list[Run]:
    """Return the runs of that id, OFFERED at most; what a job or dataset says without running is none."""
    found = Run.objects.filter(run_id=run_id).exclude(status="STATIC").select_related("job").order_by("-last_at")
    return list(found[:OFFERED])


def run_of(run_id: str) -> Run | None:
    """Return the run of that id that spoke last, foreign ones after all others."""
    found = runs_called(run_id)
    return next((run for run in found if not run.is_foreign), found[0] if found else None)


def uses_of(run: Run) -> list[Use]:
    """Return what a run read and wrote, what foreign tokens said left out."""
    rows = run.io.filter(is_foreign=False).select_related("dataset__root").order_by("role", "dataset__name")  # type: ignore[attr-defined]
    return [_use(row) for row in rows]


def _use(row: RunIO) -> Use:
    amount = run_facts.amount_of(row.facets)
    dataset = row.dataset.root or row.dataset
    return Use(dataset, row.role, row.version, amount.rows, amount.bytes, part_used(row.facets))


def told_by(run: Run) -> SelfTold:
    """Return what the run says of itself, by known field."""
    said = dict(run_metadata(run.facets, run.job_facets))
    purpose = run_facts.description_of(run.job_facets)
    return SelfTold(
        code=run_facts.code_of(run.job_facets),
        image=said.get("Image", ""),
        engine=said.get("Engine", ""),
        nominal=said.get("Nominal time", ""),
        purpose=purpose,
        parameters=tuple(run_facts.parameters_of(run.facets)),
    )


def bringers_of(run: Run) -> list[str]:
    """Return the names of the tokens by which the edges of the run came, sorted."""
    edges = run.edges.filter(known_to=None, token__isnull=False)  # type: ignore[attr-defined]
    return sorted(set(token_names(set(edges.values_list("token_id", flat=True))).values()))


def versions_of(dataset: Dataset) -> list[str]:
    """Return the versions that runs said to have written of the dataset, the newest first, OFFERED at most."""
    names = Q(dataset=dataset.root_pk) | Q(dataset__root=dataset.root_pk)
    rows = RunIO.objects.filter(names, role=RunIO.Role.OUTPUT, is_foreign=False).exclude(version="")
    found = rows.order_by("-run__last_at").values_list("version", flat=True)[: OFFERED * 5]
    return list(dict.fromkeys(found))[:OFFERED]


def upstream_of(datasets: Iterable[int], *, as_of: datetime, known_at: datetime | None) -> int:
    """Return how many datasets the graph of that time knows upstream, these included, UPSTREAM_MOST at most."""
    starts = sorted(set(datasets))
    return len(reached(starts, down=False, moment=Moment(as_of, known_at), limit=UPSTREAM_MOST))


def findings_at(jobs: Sequence[int], at: datetime) -> list[RunFinding]:
    """Return what the watch had found about these jobs and not seen mended by `at`, OFFERED at most."""
    open_then = Q(resolved_at=None) | Q(resolved_at__gt=at)
    found = RunFinding.objects.filter(open_then, job__in=list(jobs), opened_at__lte=at).select_related("job")
    return list(found.order_by("-opened_at")[:OFFERED])
