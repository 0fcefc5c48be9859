"""Deriving the graph from raw events: in batches, one projector at a time, each subject anew from all its events.

A batch is one transaction: the inbox rows go with the projection they asked for, so a killed worker loses nothing. An
event that cannot be projected is set aside with its error and shown on the lineage page, and does not stop the
others.
"""

import gc
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import OperationalError, connection, transaction

from lineage_app.models import Inbox
from lineage_app.services.arrays import execute
from lineage_app.services.deriving import derive_subjects
from portal.core.clock.services import now

BATCH = 2_000
_PROJECTOR_LOCK = 0x6C696E65  # "line": an advisory lock's number
_WAITING = """
SELECT id, subject FROM lineage_app_inbox WHERE failed_at IS NULL ORDER BY id LIMIT %b FOR UPDATE SKIP LOCKED
"""
_SETTLED = "DELETE FROM lineage_app_inbox WHERE id = ANY(%b::bigint[])"
_log = logging.getLogger(__name__)


def project_all(*, limit: int = 200) -> int:
    """Project batch after batch, at most `limit` of them, until the inbox is empty; return how many events."""
    total = 0
    for _ in range(limit):
        done = project_batch()
        total += done
        if not done:
            break
    return total


def project_batch(size: int = BATCH) -> int:
    """Project the subjects of the oldest waiting events and return how many events that settled.

    Returns 0 when nothing waits or another projector is at work.
    """
    with _uncollected(), transaction.atomic():
        if not take_projector_lock(wait=False):
            return 0
        waiting = execute(_WAITING, size)
        if waiting:
            rows: dict[UUID, list[int]] = defaultdict(list)
            for pk, subject in waiting:
                rows[subject].append(pk)
            _project(rows)
        return len(waiting)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let no search for garbage interrupt a batch: it makes much that lives as long as the batch, and no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def take_projector_lock(*, wait: bool) -> bool:
    """Take the lock that only one projector or rebuild holds, until the end of the transaction."""
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_PROJECTOR_LOCK])
        return cursor.fetchone()[0] is not False


def _project(rows: dict[UUID, list[int]]) -> None:
    """Project these subjects with their rows of the inbox; of many that fail together, each half is tried alone."""
    failed = project_subjects(list(rows))
    execute(_SETTLED, [pk for subject, pks in rows.items() if subject not in failed for pk in pks])
    for subject, error in failed.items():
        Inbox.objects.filter(pk__in=rows[subject]).update(failed_at=now(), error=error)


def project_subjects(subjects: list[UUID]) -> dict[UUID, str]:
    """Derive these subjects and return the errors of those that could not be; the others are not held up.

    Call inside a transaction that holds the projector's lock. A lost database is raised: that is nobody's fault.
    """
    try:
        with transaction.atomic():
            derive_subjects(subjects)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - kept on its row and shown, whatever it is
        if len(subjects) == 1:
            _log.exception("subject %s could not be projected; it is set aside", subjects[0])
            return {subjects[0]: f"{type(error).__name__}: {error}"[:2000]}
        half = len(subjects) // 2
        return project_subjects(subjects[:half]) | project_subjects(subjects[half:])
    return {}


def retry_set_aside() -> int:
    """Let what was set aside wait again, as after a fix, and return how many events that is."""
    return Inbox.objects.exclude(failed_at=None).update(failed_at=None, error="")
