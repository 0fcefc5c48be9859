"""What runs by itself for coverage."""

from celery import shared_task

from lineage_app.services import count_days
from portal.core.clock.beat import every
from portal.core.clock.services import now


@every(seconds=600)
@shared_task
def count_coverage() -> None:
    """Count coverage of the days that ended, those in which nobody counted included."""
    count_days(now())
