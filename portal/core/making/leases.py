"""The lease of a file in the making: one worker at a time, three attempts, and nothing waits for a worker that died.

The number of the attempt is the fencing number: a worker that lost its lease changes nothing any more, since whoever
took over has the next number.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import F, Q, QuerySet

from portal.core.clock.services import now
from portal.core.making.models import Made

MAX_ATTEMPTS = 3
TRIED_OUT = "It could not be made in three attempts; ask an administrator to look at the log."
_log = logging.getLogger(__name__)
M = TypeVar("M", bound=Made)


class LeaseLost(RuntimeError):
    """Another worker has the row: this one stops."""


def waiting(kind: type[M], most: int = 20) -> list[int]:
    """The keys of rows that wait for a worker, or whose worker is gone, the oldest first."""
    return list(_free(kind).order_by("asked_at", "pk").values_list("pk", flat=True)[:most])


def waiting_since(kind: type[M]) -> tuple[int, datetime | None]:
    """How many wait to be made, and since when the oldest does."""
    found = _free(kind)
    return found.count(), found.order_by("asked_at").values_list("asked_at", flat=True).first()


def take(kind: type[M], pk: int, lease: timedelta) -> M | None:
    """Lease a row for one attempt; None where another worker has it or it is made.

    A row that was tried often enough comes back as failed: whoever called has nothing left to do with it.
    """
    if not _free(kind).filter(pk=pk).update(leased_until=now() + lease, attempts=F("attempts") + 1):
        return None
    row = kind._default_manager.select_related("asked_by").get(pk=pk)
    if row.attempts > MAX_ATTEMPTS:
        fail(row, TRIED_OUT)
    return row


def hold(row: Made, lease: timedelta, **progress: object) -> None:
    """Write down progress and lengthen the lease. Raises LeaseLost where another worker has taken over."""
    if not held(row).update(leased_until=now() + lease, **progress):
        raise LeaseLost(f"{row} is another worker's by now.")
    for name, value in progress.items():
        setattr(row, name, value)


def held(row: M) -> QuerySet[M]:
    """The row, as long as this worker's attempt is the one that counts; lock it before the last write."""
    return type(row)._default_manager.filter(pk=row.pk, attempts=row.attempts, state=Made.State.QUEUED)


def hand_back(row: Made) -> None:
    """Let the next tick take it, without counting this attempt: nothing had gone wrong."""
    held(row).update(leased_until=None, attempts=F("attempts") - 1)


def fail(row: Made, why: str) -> None:
    """End it with a sentence for whoever asked."""
    _log.warning("%s %s was not made: %s", row._meta.verbose_name, row.pk, why)
    held(row).update(state=Made.State.FAILED, problem=why[:400], leased_until=None)
    row.refresh_from_db(fields=["state", "problem", "leased_until"])


def _free(kind: type[M]) -> QuerySet[M]:
    gone = Q(leased_until=None) | Q(leased_until__lte=now())
    return kind._default_manager.filter(gone, state=Made.State.QUEUED)
