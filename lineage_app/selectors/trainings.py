"""Runs that wrote an asset, each with what it read and when that was last written before: is a model really new?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from lineage_app.models import Dataset, Run, RunIO
from lineage_app.selectors.closure import roots_of_asset

NEWEST = 20


@dataclass(frozen=True)
class Read:
    """One input of a run: its names, the asset that claims it, and when a run last finished writing it before.

    `written_at` None: no run was seen to write it.
    """

    names: frozenset[str]
    asset_id: int | None
    written_at: datetime | None


@dataclass(frozen=True)
class Training:
    """A completed run that wrote the asset."""

    url: str
    job: str
    started_at: datetime
    ended_at: datetime
    inputs: tuple[Read, ...]


def trainings_of(asset_id: int, *, since: datetime) -> list[Training]:
    """Return completed runs with a known beginning at or after `since` that wrote the asset, the earliest first.

    Only runs of the producer's own token count; at most NEWEST, the latest.
    """
    roots = roots_of_asset(asset_id)
    names = Dataset.objects.filter(Q(pk__in=roots) | Q(root__in=roots))
    writings = RunIO.objects.filter(dataset__in=names, role=RunIO.Role.OUTPUT, is_foreign=False).values("run")
    runs = Run.objects.filter(pk__in=writings, status="COMPLETE", is_foreign=False, started_at__gte=since)
    found = list(runs.select_related("job").order_by("-started_at")[:NEWEST])
    return [_training(run) for run in reversed(found)]


def _training(run: Run) -> Training:
    rows = RunIO.objects.filter(run=run, role=RunIO.Role.INPUT, is_foreign=False).select_related(
        "dataset__root__asset", "dataset__asset"
    )
    began = run.started_at or run.first_at
    inputs = tuple(_read(row.dataset.root or row.dataset, began) for row in rows)
    return Training(run.get_absolute_url(), run.job.name if run.job else "", began, run.ended_at or run.last_at, inputs)


def _read(dataset: Dataset, before: datetime) -> Read:
    group = Dataset.objects.filter(Q(pk=dataset.pk) | Q(root=dataset.pk))
    writers = RunIO.objects.filter(
        dataset__in=group, role=RunIO.Role.OUTPUT, is_foreign=False, run__status="COMPLETE", run__last_at__lte=before
    )
    last = writers.order_by("-run__last_at").values_list("run__started_at", "run__first_at").first()
    asset = dataset.asset
    names: Iterable[str] = filter(
        None, (f"{dataset.namespace}/{dataset.name}", asset and asset.key, asset and asset.name)
    )
    return Read(frozenset(names), dataset.asset_id, (last[0] or last[1]) if last else None)
