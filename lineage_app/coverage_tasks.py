"""What runs by itself for coverage and for the watch over runs."""

from celery import shared_task

from lineage_app.services import count_days, look
from portal.core.clock.beat import every
from portal.core.clock.services import now


@every(seconds=600)
@shared_task
def count_coverage() -> None:
    """Count coverage of the days that ended, those in which nobody counted included."""
    count_days(now())


@every(seconds=60)
@shared_task
def watch() -> None:
    """Look for expected runs that did not come, runs that never ended, and jobs that keep failing."""
    look(now())
