"""What the lineage pages list: recent runs, what nobody has claimed, what went wrong."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lineage_app.models import ColumnEdge, Dataset, Inbox, Job, Run, RunIO
from lineage_app.selectors.closure import roots_of_asset

COUNTED = 1_000
"""Rows that a list counts before it says "more than"."""


def recent_runs() -> QuerySet[Run]:
    """Return runs, the latest first, with the numbers of their `inputs` and `outputs`; static statements are not
    runs.
    """
    counts = {"inputs": _count(RunIO.Role.INPUT), "outputs": _count(RunIO.Role.OUTPUT)}
    return Run.objects.exclude(status="STATIC").select_related("job").annotate(**counts).order_by("-last_at", "-pk")


def _count(role: str) -> Coalesce:
    rows = RunIO.objects.filter(run=OuterRef("pk"), role=role).order_by().values("run")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def unclaimed_datasets() -> QuerySet[Dataset]:
    """Return representatives that no asset claims, the newest first."""
    return Dataset.objects.filter(root=None, asset=None).defer("facets").order_by("-pk")


def failed_events() -> QuerySet[Inbox]:
    """Return events that could not be projected."""
    return Inbox.objects.exclude(failed_at=None).order_by("-failed_at")


def counted(found: QuerySet[Any]) -> int:
    """Return how many there are, COUNTED + 1 for any number above COUNTED."""
    return found.order_by()[: COUNTED + 1].count()


def is_empty() -> bool:
    """Return whether no event was ever kept, as far as anything here tells."""
    return not (Job.objects.exists() or Dataset.objects.exists() or Inbox.objects.exists())


def runs_of_dataset(dataset: Dataset, role: str) -> QuerySet[RunIO]:
    """Return the readings (`input`) or writings (`output`) of a dataset, the latest first."""
    names = [dataset.root_pk, *Dataset.objects.filter(root=dataset.root_pk).values_list("pk", flat=True)]
    found = RunIO.objects.filter(dataset__in=names, role=role).exclude(run__status="STATIC")
    return found.select_related("run__job").order_by("-run__last_at")


def latest_runs(asset, count: int = 5) -> list[Run]:  # type: ignore[no-untyped-def]
    """Return the latest runs that wrote the asset (an Asset or its pk)."""
    roots = roots_of_asset(getattr(asset, "pk", asset))
    names = Dataset.objects.filter(Q(pk__in=roots) | Q(root__in=roots))
    writings = RunIO.objects.filter(dataset__in=names, role=RunIO.Role.OUTPUT).values("run")
    return list(recent_runs().filter(pk__in=writings)[:count])


def columns_of(dataset: Dataset) -> QuerySet[ColumnEdge]:
    """Return the column links into and out of a dataset."""
    pk = dataset.root_pk
    return (
        ColumnEdge.objects.filter(Q(src=pk) | Q(dst=pk))
        .select_related("src", "dst", "job")
        .order_by("dst__name", "dst_field", "src__name", "src_field")
    )


def representative(pk: int) -> Dataset | None:
    """Return the dataset that stands for `pk` in the graph."""
    row = Dataset.objects.select_related("root").filter(pk=pk).first()
    return (row.root or row) if row else None


def datasets_of_asset(asset_id: int) -> Iterable[Dataset]:
    """Return the representatives of the datasets that the asset claims."""
    return Dataset.objects.filter(pk__in=roots_of_asset(asset_id))
