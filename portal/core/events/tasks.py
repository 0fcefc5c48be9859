"""The worker's side of events."""

from celery import shared_task

from portal.core.clock.beat import every
from portal.core.events import services


@every(2)
@shared_task
def drain() -> None:
    """Hand out what was published; woken by each publication, and by the clock for what a lost message left."""
    services.consume_all()
