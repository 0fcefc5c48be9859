"""Keeps the estate alive."""

from celery import shared_task

from portal.core.clock.beat import every
from portal.demo.pipelines import schedule


@every(45)
@shared_task
def run_pipelines() -> None:
    """Move what is new; a run that is still under way is left to finish."""
    schedule.run_all()
