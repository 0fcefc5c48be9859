"""The worker's side of packs."""

from celery import shared_task

from portal.core.clock.beat import every, wake
from portal.core.making.leases import waiting
from portal.pages.evidence.packs import making
from portal.pages.models import Pack


@shared_task
def make_pack(pk: int) -> None:
    """Make one pack."""
    making.make(pk)


@every(20)
@shared_task
def queue_packs() -> int:
    """Wake a worker for every pack that nobody holds: a lost message or worker costs twenty seconds."""
    found = waiting(Pack)
    for pk in found:
        wake(make_pack, pk)
    return len(found)
