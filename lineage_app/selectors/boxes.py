"""Datasets and jobs as the nodes of a window."""

from collections.abc import Iterable
from typing import NamedTuple

from lineage_app.domain.window import WindowNode
from lineage_app.models import Dataset, Job
from lineage_app.selectors.lifecycle import Ended
from lineage_app.selectors.view import View

NOT_SAID = "layer not said"


class Place(NamedTuple):
    """Where a node lies: hops from the focus, negative upstream; `beside` when it was reached round a corner."""

    distance: int
    beside: bool = False


def dataset_box(row: Dataset, place: Place, view: View, ended: Ended | None = None) -> WindowNode:
    """The dataset as a node; the catalog's word on kind and layer goes before what the events let us guess."""
    asset = row.asset
    layer = (asset and asset.layer) or row.layer
    return WindowNode(
        key=str(row.pk),
        label=row.name,
        namespace=row.namespace,
        kind=((asset and asset.kind) or row.kind).replace("_", " "),
        layer=layer,
        distance=place.distance,
        url=row.get_absolute_url(),
        owner=asset.owner_team.name if asset and asset.owner_team else "",
        group={"namespace": row.namespace or "no namespace", "layer": layer or NOT_SAID}.get(view.group, ""),
        beside=place.beside,
        state=ended.word.lower() if ended else "",
        since=ended.at.isoformat() if ended else "",
    )


def job_box(job: Job, place: Place, view: View) -> WindowNode:
    """The job as a node; jobs have no layer, so grouping by layer leaves them between the groups."""
    return WindowNode(
        key=job_key(job.pk),
        label=job.name,
        namespace=job.namespace,
        kind="job",
        layer="",
        distance=place.distance,
        url=job.get_absolute_url(),
        role="job",
        group=(job.namespace or "no namespace") if view.group == "namespace" else "",
        beside=place.beside,
    )


def job_key(pk: int) -> str:
    """The key of a job's node; a dataset's is its number."""
    return f"job-{pk}"


def jobs_by_number(numbers: Iterable[int], *, parts: bool) -> dict[int, Job]:
    """Return the job that stands for each: itself where `parts` are asked for, else its topmost parent."""
    rows = Job.objects.select_related("parent__parent__parent__parent").defer(
        "facets", *(f"{'__'.join(['parent'] * depth)}__facets" for depth in range(1, 5))
    )
    return {pk: job if parts else folded_job(job) for pk, job in rows.in_bulk(list(set(numbers))).items()}


def folded_job(job: Job) -> Job:
    """Return the job that stands for `job`: its topmost parent, at most four steps up; of jobs that name each other in
    a ring, the one with the smallest number.
    """
    way = [job]
    while len(way) < 5 and way[-1].parent is not None:
        if way[-1].parent in way:
            return min(way[way.index(way[-1].parent) :], key=lambda each: each.pk)
        way.append(way[-1].parent)
    return way[-1]
