"""Rebuilding the graph from the raw events and the archives, while ingest and projection go on.

Every subject is derived anew in place, a chunk a transaction, so that readers always see a whole graph, memory is one
chunk's, and a rebuild that is killed leaves a graph in which some subjects are as the events say and the rest as
before. What outlives runs (facets, and what follows from them) is drafted beside the graph meanwhile and put in its
place at the end; then every sum is made new.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from lineage_app.models import FacetDraft, Inbox, Rebuilding
from lineage_app.selectors.rewrites import rules_in_force
from lineage_app.services import archives, sweeping
from lineage_app.services.projector import project_batch, project_subjects, take_projector_lock
from lineage_app.services.reading import subject_chunks
from portal.core.clock.services import now

CHUNK = 500


def rebuild(progress: Callable[[int], object] = int, *, size: int = CHUNK) -> int:
    """Derive everything anew, `size` subjects a transaction, and return their number; `progress` is told how many are
    done so far.

    Rows of runs, jobs and datasets keep their numbers, so that links to their pages stay good. Between the chunks
    what came in meanwhile is projected. archives.ArchiveBusy while months are archived or a person is redacted, or
    another rebuild runs; the rules under which names are written may change meanwhile: then it begins again.
    """
    with archives.alone():
        while True:
            rules = list(rules_in_force())
            _begin()
            sweeping.remove_runs_without_events()
            done = 0
            for subjects in subject_chunks(size):
                project_batch()
                _derive(subjects)
                done += len(subjects)
                progress(done)
            if rules == list(rules_in_force()):
                sweeping.sweep()
                _end()
                return done


@transaction.atomic
def _begin() -> None:
    take_projector_lock(wait=True)
    _end()
    Rebuilding.objects.create(started_at=now())


@transaction.atomic
def _end() -> None:
    Rebuilding.objects.all().delete()
    FacetDraft.objects.all()._raw_delete("default")


@transaction.atomic
def _derive(subjects: list[UUID]) -> None:
    """Derive these subjects; what is in the way of one is kept on its row in the inbox, or goes with the cause."""
    take_projector_lock(wait=True)
    failed = project_subjects(subjects)
    Inbox.objects.exclude(failed_at=None).filter(subject__in=subjects).delete()
    Inbox.objects.bulk_create(
        Inbox(raw_id=0, subject=subject, failed_at=now(), error=error) for subject, error in failed.items()
    )
