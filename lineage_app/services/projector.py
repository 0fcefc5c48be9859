"""Deriving the graph from raw events: in batches, one projector at a time, each subject anew from all its events.

A batch is one transaction: the inbox rows go with the projection they asked for, so a killed worker loses nothing. An
event that cannot be projected is set aside with its error and shown on the lineage page, and does not stop the
others.
"""

import gc
import logging
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
            _project([pk for pk, _ in waiting], list(dict.fromkeys(subject for _, subject in waiting)))
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


def _project(rows: list[int], subjects: list[UUID]) -> None:
    try:
        with transaction.atomic():
            derive_subjects(subjects)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 - one bad event must not stop the others; each is tried alone below
        _log.exception("a batch of %d subjects could not be projected; trying them one by one", len(subjects))
        _project_each(rows, subjects)
    else:
        execute(_SETTLED, rows)


def _project_each(rows: list[int], subjects: list[UUID]) -> None:
    for subject in subjects:
        of_subject = Inbox.objects.filter(pk__in=rows, subject=subject)
        try:
            with transaction.atomic():
                derive_subjects([subject])
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - kept on its row and shown, whatever it is
            _log.exception("subject %s could not be projected; it is set aside", subject)
            of_subject.update(failed_at=now(), error=f"{type(error).__name__}: {error}"[:2000])
        else:
            of_subject.delete()
