"""How a job has run: its newest runs with their durations, and the share of those that completed."""

from dataclasses import dataclass
from datetime import timedelta

from lineage_app.models import Job, Run
from lineage_app.selectors.doings import parts_of

NEWEST = 100


@dataclass(frozen=True)
class History:
    """The newest ended runs of a job, oldest first: durations in seconds, and how many of them completed."""

    seconds: tuple[float, ...]
    completed: int
    ended: int

    @property
    def share(self) -> int | None:
        """Completed of ended in percent, None before any has ended."""
        return round(100 * self.completed / self.ended) if self.ended else None

    @property
    def usual(self) -> timedelta | None:
        """The median duration of the completed."""
        ordered = sorted(self.seconds)
        return timedelta(seconds=ordered[len(ordered) // 2]) if ordered else None


def history_of(job: Job) -> History:
    """Return how the newest NEWEST ended runs of the job went; foreign ones count for nothing."""
    runs = Run.objects.filter(job=job, is_foreign=False, ended_at__isnull=False).order_by("-last_at")
    rows = list(runs.values_list("status", "started_at", "ended_at")[:NEWEST])[::-1]
    done = [(start, end) for status, start, end in rows if status == "COMPLETE"]
    seconds = tuple((end - start).total_seconds() for start, end in done if start)
    return History(seconds, len(done), len(rows))


def children(job: Job, limit: int) -> tuple[list[Job], int]:
    """Return the first parts of the job by name, and how many parts it has, four steps down."""
    return list(job.children.defer("facets")[:limit]), len(parts_of(job))
