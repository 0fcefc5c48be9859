"""What runs by itself: projecting what came in, linking names to assets, and keeping partitions ahead."""

from celery import shared_task

from lineage_app.services import ensure_partitions, link_assets, project_all
from portal.core.clock.beat import every, wake
from portal.core.clock.services import now


@every(seconds=2)
@shared_task
def project() -> None:
    """Project what waits; a long queue is taken in turns so that other tasks get theirs."""
    if project_all(limit=20) >= 10_000:
        wake(project)


@every(seconds=30)
@shared_task
def link() -> None:
    """Link datasets to assets that were adopted or given an alias after the events came."""
    link_assets()


@every(seconds=3600)
@shared_task
def partitions() -> None:
    """Make the coming months' partitions of raw events."""
    ensure_partitions(now())
