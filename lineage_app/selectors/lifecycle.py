"""Which datasets have ended and when, now or at an event time; and one dataset's life line by line."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from lineage_app.domain.lifecycle import Moment, ending
from lineage_app.domain.lifecycle_facet import ENDINGS, Life
from lineage_app.models import Dataset, DatasetLife, RunIO


@dataclass(frozen=True)
class Ended:
    """A dataset has ended: dropped, or renamed to `other`."""

    at: datetime
    renamed: bool
    other: Dataset | None = None

    @property
    def word(self) -> str:
        """The state in one word or two."""
        return "Renamed" if self.renamed else "Dropped"

    @property
    def text(self) -> str:
        """The state with its day, as a sentence's part: "dropped on 2026-03-01"."""
        name = f" to {self.other.name}" if self.renamed and self.other else ""
        return f"{self.word.lower()}{name} on {self.at:%Y-%m-%d}"


def endings(roots: Iterable[int], *, as_of: datetime | None = None) -> dict[int, Ended]:
    """Return those of the representatives `roots` that have ended, at event time `as_of` where given.

    One query where none ever was dropped or renamed, three otherwise, however many are asked for.
    """
    upto = Q(at__lte=as_of) if as_of else Q()
    wanted = list(roots)
    of_group = Q(dataset__in=wanted) | Q(dataset__root__in=wanted)
    life = list(DatasetLife.objects.filter(of_group, upto).select_related("dataset", "other__root").order_by())
    suspects = {row.dataset.root_pk for row in life if row.state in ENDINGS}
    if not suspects:
        return {}
    moments = _writes(suspects, as_of)
    for row in life:
        moments[row.dataset.root_pk].append(Moment(row.at, Life(row.state), row.run_id, row.pk))
    rows = {row.pk: row for row in life}
    found = {}
    for root in suspects:
        last = ending(moments[root])
        if last is not None and last.other is not None:
            other = rows[last.other].other
            found[root] = Ended(last.at, last.state is Life.LEFT, (other.root or other) if other else None)
    return found


def _writes(roots: set[int], as_of: datetime | None) -> dict[int, list[Moment]]:
    """Return the writes of completed runs by representative; own events only."""
    rows = RunIO.objects.filter(Q(dataset__in=roots) | Q(dataset__root__in=roots), role=RunIO.Role.OUTPUT)
    rows = rows.filter(is_foreign=False, run__status="COMPLETE", run__ended_at__isnull=False)
    rows = rows.filter(run__ended_at__lte=as_of) if as_of else rows
    ended_by_it = DatasetLife.objects.filter(run=OuterRef("run"), dataset=OuterRef("dataset"), state__in=ENDINGS)
    latest = rows.exclude(Exists(ended_by_it)).order_by("dataset", "-run__ended_at").distinct("dataset")
    found: dict[int, list[Moment]] = defaultdict(list)
    for pk, root, run, at in latest.values_list("dataset", "dataset__root", "run_id", "run__ended_at"):
        if at is not None:
            found[root or pk].append(Moment(at, None, int(run)))
    return found


def life_of(dataset: Dataset) -> QuerySet[DatasetLife]:
    """Return the lines of life of a representative and the names joined with it, the latest first."""
    rows = DatasetLife.objects.filter(Q(dataset=dataset.root_pk) | Q(dataset__root=dataset.root_pk))
    return rows.select_related("dataset", "other__root", "run__job").order_by("-at", "-pk")
