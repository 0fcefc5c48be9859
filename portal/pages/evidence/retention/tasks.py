"""The worker's side of retention."""

from celery import shared_task

from portal.core.clock.beat import every
from portal.pages.evidence.retention.running import run_all


@every(24 * 3600)
@shared_task
def apply_retention() -> None:
    """End what is over."""
    run_all()
