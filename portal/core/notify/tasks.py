"""The worker's side of the outbox."""

from celery import shared_task

from portal.core.clock.beat import every
from portal.core.notify import services


@every(3)
@shared_task
def deliver() -> None:
    """Deliver what is due."""
    services.deliver_waiting()
