"""Projecting anew what a change of rules touches, in the background, a chunk a transaction.

The change itself forgets what the touched rows have accumulated (facets, symlinks, parents), in its own transaction
under the projector's lock; the subjects that spoke of them then say it again under the new rules. When all have, rows
that nobody speaks of any more go.
"""

import logging
from uuid import UUID

from django.db import OperationalError, connection, transaction

from lineage_app.models import Dataset, Inbox, Job, Redoing, RedoSubject, RewriteRule
from lineage_app.selectors.rewrites import SUBJECTS, Touched
from lineage_app.services import merging
from lineage_app.services.aliasing import regroup
from lineage_app.services.arrays import execute
from lineage_app.services.deriving import derive_subjects
from lineage_app.services.naming import link_assets, relink_assets
from lineage_app.services.projector import take_projector_lock
from portal.core.clock.services import now

CHUNK = 200
_REDO_LOCK = 0x7265646F  # "redo": an advisory lock's number
_log = logging.getLogger(__name__)
_QUEUE = "INSERT INTO lineage_app_redosubject (redoing_id, subject)" + SUBJECTS.format(what="%(redoing)s, r.subject")
_FORGET_DATASETS = (
    "UPDATE lineage_app_dataset SET facets = '{}' WHERE id = ANY(%b::bigint[]) AND facets <> '{}'",
    "DELETE FROM lineage_app_jobuse WHERE dataset_id = ANY(%b::bigint[])",
    "DELETE FROM lineage_app_fact WHERE dataset_id = ANY(%b::bigint[])",
)
_FORGET_JOBS = (
    """UPDATE lineage_app_job SET facets = '{}', parent_id = NULL
       WHERE id = ANY(%b::bigint[]) AND (facets <> '{}' OR parent_id IS NOT NULL)""",
    "DELETE FROM lineage_app_jobuse WHERE job_id = ANY(%b::bigint[])",
    "DELETE FROM lineage_app_fact WHERE job_id = ANY(%b::bigint[])",
)
_TAKE_LINKS = """
DELETE FROM lineage_app_datasetlink WHERE dataset_id = ANY(%b::bigint[]) AND source = 'symlink'
RETURNING dataset_id, other_id
"""
_UNSPOKEN = """
SELECT d.id FROM lineage_app_dataset d WHERE d.id = ANY(%s) AND d.root_id IS NULL
    AND NOT EXISTS (SELECT FROM lineage_app_runio x WHERE x.dataset_id = d.id)
    AND NOT EXISTS (SELECT FROM lineage_app_runedge x WHERE x.src_id = d.id OR x.dst_id = d.id)
    AND NOT EXISTS (SELECT FROM lineage_app_columnedge x WHERE x.src_id = d.id OR x.dst_id = d.id)
    AND NOT EXISTS (SELECT FROM lineage_app_datasetlife x WHERE x.dataset_id = d.id OR x.other_id = d.id)
    AND NOT EXISTS (SELECT FROM lineage_app_datasetlink x WHERE x.dataset_id = d.id OR x.other_id = d.id)
"""


def begin(rule: RewriteRule, touched: Touched) -> Redoing:
    """Forget what the touched rows accumulated and queue the subjects that spoke of them.

    Call inside the transaction that changed the rules, under the projector's lock.
    """
    work = Redoing.objects.create(rule=rule, total=0, started_at=now(), datasets=touched.datasets, jobs=touched.jobs)
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, {"redoing": work.pk, "jobs": touched.jobs, "datasets": touched.datasets})
        work.total = cursor.rowcount
    work.save(update_fields=["total"])
    for statement in _FORGET_DATASETS:
        execute(statement, touched.datasets)
    for statement in _FORGET_JOBS:
        execute(statement, touched.jobs)
    _part(touched.datasets)
    relink_assets(set(touched.datasets))
    merging.restate()
    return work


def _part(datasets: list[int]) -> None:
    """Take back the symlinks that these datasets said, and regroup those that stood in a group."""
    grouped = {pk for pair in execute(_TAKE_LINKS, datasets) for pk in pair}
    if grouped:
        regroup(grouped)


def redo_all(*, limit: int = 50) -> int:
    """Project anew chunk after chunk, at most `limit` of them; return how many subjects that settled."""
    total = 0
    for _ in range(limit):
        done = redo_chunk()
        total += done
        if not done:
            break
    return total


def redo_chunk(size: int = CHUNK) -> int:
    """Project the oldest waiting subjects anew, in turn with the projector; 0 when none waits or another does it."""
    if not Redoing.objects.filter(finished_at=None).exists():
        return 0
    with transaction.atomic():
        if not _take_turn():
            return 0
        take_projector_lock(wait=True)  # a busy projector never leaves it free: who waits comes next
        waiting = dict(RedoSubject.objects.order_by("pk")[:size].values_list("pk", "subject"))
        if waiting:
            _redo(list(dict.fromkeys(waiting.values())))
            RedoSubject.objects.filter(pk__in=waiting).delete()
        _finish()
        return len(waiting)


def _take_turn() -> bool:
    """Whether this is the one process that waits for the projector's lock to project anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_REDO_LOCK])
        return bool(cursor.fetchone()[0])


def _redo(subjects: list[UUID]) -> None:
    try:
        with transaction.atomic():
            derive_subjects(subjects)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 - the inbox tries each alone and sets aside the one that fails, with its error
        _log.exception("%d subjects could not be projected anew together; the inbox takes them", len(subjects))
        Inbox.objects.bulk_create(Inbox(raw_id=0, subject=subject) for subject in subjects)


def _finish() -> None:
    for work in Redoing.objects.filter(finished_at=None, waiting=None):
        _forget_unspoken(work)
        link_assets()
        work.finished_at, work.datasets, work.jobs = now(), [], []
        work.save(update_fields=["finished_at", "datasets", "jobs"])


def _forget_unspoken(work: Redoing) -> None:
    """Delete the rows that no event speaks of any more: their names live on under what the rules say."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSPOKEN, [work.datasets])
        gone = [pk for (pk,) in cursor.fetchall()]
    Dataset.objects.filter(pk__in=gone, joined=None).delete()
    Job.objects.filter(pk__in=work.jobs, runs=None, children=None).delete()
