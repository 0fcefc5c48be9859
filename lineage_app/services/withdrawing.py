"""Taking out of the graph what no kept event says any more; in the caller's transaction, under the projector's lock."""

from collections.abc import Iterable
from uuid import UUID

from lineage_app.models import ColumnSet, ColumnUse, Run, RunEdge, RunIO
from lineage_app.services.deriving import derive_subjects
from lineage_app.services.edges import recompute_touching
from lineage_app.services.reading import read_subjects


def rederive(subjects: Iterable[UUID]) -> None:
    """Derive these subjects anew, and remove the runs of those that have no event left."""
    wanted = list(subjects)
    left = set(read_subjects(wanted))
    derive_subjects(left)
    gone = Run.objects.filter(subject__in=[subject for subject in wanted if subject not in left])
    jobs = {job for job in gone.values_list("job", flat=True) if job is not None}
    remove_runs(gone)
    derive_subjects(_first_and_last(jobs))


def _first_and_last(jobs: set[int]) -> set[UUID]:
    """Return the oldest and the newest run of each job: what a removed run said first, one of them says again."""
    runs = Run.objects.filter(job__in=jobs)
    ends = (runs.order_by("job_id", at, "pk").distinct("job_id") for at in ("last_at", "-last_at"))
    return {subject for end in ends for subject in end.values_list("subject", flat=True)}


def remove_runs(runs) -> None:  # type: ignore[no-untyped-def]
    """Take these runs out of the graph, with what they add to its sums."""
    touched: set[int] = set()
    for ends in RunEdge.objects.filter(run__in=runs).values_list("src", "dst"):
        touched |= set(ends)
    touched |= set(RunIO.objects.filter(run__in=runs).values_list("dataset", flat=True))
    runs.delete()
    if touched:
        recompute_touching(touched)


def remove_unused_column_sets() -> int:
    """Remove column links that no run refers to, and return how many sets went."""
    unused = ColumnSet.objects.exclude(pk__in=RunIO.objects.exclude(columns=None).values("columns"))
    return unused.exclude(pk__in=ColumnUse.objects.values("columns")).delete()[0]
