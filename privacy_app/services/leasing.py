"""Who may work on a step: leases with an end, a heartbeat, a fencing number, and one worker a dataset.

The lease decides who works; the fencing number, checked right before anything is replaced, keeps a worker that lost its
lease from finishing late; the advisory lock keeps two requests from rewriting one dataset at the same time.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.core.clock.services import now
from privacy_app.domain.request import State
from privacy_app.domain.steps import HEARTBEAT, LEASE, StepState
from privacy_app.models import Plan, Step
from privacy_app.services.telling import tell_step

_log = logging.getLogger(__name__)


@transaction.atomic
def lease_next() -> Step | None:
    """Take the next step that may run, or None. Every take raises the fencing number."""
    step = _due().select_for_update(skip_locked=True, of=("self",)).order_by("request__received_at", "position").first()
    if step is None:
        return None
    step.state, step.fence, step.lease_until = StepState.RUNNING, step.fence + 1, now() + LEASE
    step.attempts += 1
    step.phase = "leased"
    step.save(update_fields=["state", "fence", "lease_until", "attempts", "phase"])
    step.tries.filter(ended_at=None).update(ended_at=now(), outcome="lost", sentence="The worker went away.")
    step.tries.create(number=step.attempts, fence=step.fence, started_at=now())
    tell_step(step.request, step, "started")
    return step


def _due() -> QuerySet[Step]:
    """Steps of approved plans that wait, whose retry or window is due, or whose holder let the lease run out.

    Left out is what another worker is at: its dataset is locked, so leasing it would only hand it back.
    """
    at = now()
    timed = (StepState.WAITING, StepState.RETRY, StepState.PURGE_WAITS)
    free = (
        Q(state=StepState.WAITING, next_attempt_at=None)
        | Q(state__in=timed, next_attempt_at__lte=at)
        | Q(state=StepState.RUNNING, lease_until__lte=at)
    )
    earlier = Step.objects.filter(
        plan=OuterRef("plan"), place__lt=OuterRef("place"), state__in=(StepState.WAITING, StepState.RUNNING)
    )
    busy = Step.objects.filter(
        state=StepState.RUNNING,
        lease_until__gt=at,
        system_name=OuterRef("system_name"),
        object_name=OuterRef("object_name"),
    ).exclude(object_name="")
    approved = Step.objects.filter(plan__state=Plan.State.APPROVED, request__state=State.PROPAGATING)
    return approved.filter(free, ~Exists(earlier), ~Exists(busy)).select_related("request", "plan", "system")


def of_this_worker(step: Step) -> QuerySet[Step]:
    """The step's row as long as its fencing number is this worker's; nothing afterwards."""
    return Step.objects.filter(pk=step.pk, fence=step.fence, state=StepState.RUNNING)


def hand_back(step: Step) -> bool:
    """Give the step back untouched, to be taken again in a moment: the try does not count.

    False, and nothing changes, where it is no longer this worker's.
    """
    later = now() + HEARTBEAT / 10
    if not of_this_worker(step).update(
        state=StepState.WAITING, attempts=step.attempts - 1, next_attempt_at=later, lease_until=None, phase=""
    ):
        return False
    step.tries.filter(fence=step.fence).delete()
    return True


@contextmanager
def one_worker_a_dataset(system_name: str, object_name: str) -> Iterator[bool]:
    """Hold the advisory lock of this system and dataset; gives False where another worker has it."""
    name = f"{system_name}\0{object_name}".encode()
    number = int.from_bytes(blake2b(name, digest_size=8).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        (held,) = cursor.fetchone() or (False,)
    try:
        yield bool(held)
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def heartbeat(step: Step) -> Iterator[None]:
    """Renew the lease while the work goes on, from a thread with a connection of its own."""
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(step.pk, step.fence, stop), daemon=True, name=f"lease-{step.pk}")
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join()


def _beat(pk: int, fence: int, stop: threading.Event) -> None:
    while not stop.wait(HEARTBEAT.total_seconds()):
        try:
            Step.objects.filter(pk=pk, fence=fence, state=StepState.RUNNING).update(lease_until=now() + LEASE)
        except DatabaseError as error:  # the lease runs on; the next beat may come through, else the fence decides
            _log.warning("a heartbeat of step %s did not come through: %s", pk, type(error).__name__)
        finally:
            connection.close()
