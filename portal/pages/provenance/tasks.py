"""The worker's side of answers that are taken as documents."""

from celery import shared_task

from portal.core.clock.beat import every, wake
from portal.core.making.leases import waiting
from portal.pages.provenance import services
from portal.pages.provenance.models import GivenAnswer


@shared_task
def make_answer(pk: int) -> None:
    """Make PDF and bundle of one answer."""
    services.make(pk)


@every(20)
@shared_task
def queue_answers() -> int:
    """Wake a worker for every answer that nobody holds: a lost message or worker costs twenty seconds."""
    found = waiting(GivenAnswer)
    for pk in found:
        wake(make_answer, pk)
    return len(found)
