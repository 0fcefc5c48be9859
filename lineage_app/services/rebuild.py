"""Rebuilding the graph from the raw events and the archives, while ingest goes on."""

from collections.abc import Callable

from django.db import transaction

from lineage_app.models import (
    ColumnEdge,
    ColumnSet,
    ColumnUse,
    Dataset,
    DatasetLink,
    Edge,
    Fact,
    Inbox,
    Job,
    JobUse,
    Run,
)
from lineage_app.services import merging
from lineage_app.services.deriving import derive_subjects
from lineage_app.services.node_types import retype_all
from lineage_app.services.projector import take_projector_lock
from lineage_app.services.reading import subject_chunks

CHUNK = 500


def rebuild(progress: Callable[[int], object] = int) -> int:
    """Derive everything anew in one transaction and return the number of subjects.

    Readers see the old graph until it commits; events that arrive meanwhile wait in the inbox. Rows of jobs and
    datasets keep their numbers, so that links to their pages stay good. `progress` is told the number done so far.
    """
    with transaction.atomic():
        take_projector_lock(wait=True)
        waiting = list(Inbox.objects.select_for_update(skip_locked=True).values_list("pk", flat=True))
        # RunIO and RunEdge go with their run
        for model in (Edge, ColumnEdge, ColumnUse, Fact, JobUse, Run, ColumnSet, DatasetLink):
            model.objects.all().delete()
        Dataset.objects.update(facets={}, root=None)
        Job.objects.update(facets={}, parent=None)
        done = 0
        for subjects in subject_chunks(CHUNK):
            derive_subjects(subjects)
            done += len(subjects)
            progress(done)
        merging.restate()
        retype_all()
        Inbox.objects.filter(pk__in=waiting).delete()
    return done
