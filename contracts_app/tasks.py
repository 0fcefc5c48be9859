"""What the clock brings: notices that end and deprecation windows that close."""

from celery import shared_task

from contracts_app import services
from portal.core.clock.beat import every


@every(20)
@shared_task
def move_versions_on() -> int:
    """Activate versions whose notice is over and retire those whose window is; the number moved."""
    return services.activate_due() + services.retire_due()
