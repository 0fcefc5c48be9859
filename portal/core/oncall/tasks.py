"""What runs by the clock: pages that nobody has acknowledged climb on."""

from celery import shared_task

from portal.core.clock.beat import every
from portal.core.clock.services import now

from .services import escalate_due

TICK_S = 15


@every(TICK_S)
@shared_task(name="oncall.escalate")
def escalate() -> int:
    """Take every step that is due."""
    return escalate_due(now())
