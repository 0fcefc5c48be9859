"""What runs by itself: projecting what came in, linking names to assets, keeping partitions ahead, watching runs."""

import logging

from celery import shared_task

from lineage_app.services import (
    archive_old,
    count_days,
    ensure_partitions,
    keep_latest,
    link_assets,
    look,
    project_all,
    redo_all,
    remove_due,
)
from lineage_app.services.archives import ArchiveBusy
from lineage_app.services.counting import count_all, roll_up
from lineage_app.services.projector import BATCH
from lineage_app.services.refusals import purge
from portal.core.clock.beat import every, wake
from portal.core.clock.services import now

TURN = 5
"""Batches that are projected before other tasks get their turn: some seconds."""
_log = logging.getLogger(__name__)


@every(seconds=2)
@shared_task
def project() -> None:
    """Project what waits; a long queue is taken in turns so that other tasks get theirs."""
    if project_all(limit=TURN) >= TURN * BATCH:
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


@every(seconds=86_400)
@shared_task
def archive() -> None:
    """Move months beyond retention to archives, and remove archives beyond theirs; one process at a time."""
    try:
        archive_old(now())
        remove_due(now())
    except ArchiveBusy:
        _log.info("archives are being written already; the next day goes on")


@every(seconds=2)
@shared_task
def redo() -> None:
    """Project anew what a change of rewrite rules touches, so that it holds for the past too."""
    if redo_all(limit=20) >= 2_000:
        wake(redo)


@every(seconds=5)
@shared_task
def count() -> None:
    """Add up what came in by producer."""
    count_all()


@every(seconds=3600)
@shared_task
def tidy_producers() -> None:
    """Delete refused events that are too old, and roll old counts up."""
    purge(now())
    roll_up(now())


@every(seconds=600)
@shared_task
def count_coverage() -> None:
    """Count coverage of the days that ended, those in which nobody counted included."""
    count_days(now())


@every(seconds=60)
@shared_task
def keep_coverage() -> None:
    """Judge the hops of a large estate once for all who open a page."""
    keep_latest(now())


@every(seconds=60)
@shared_task
def watch() -> None:
    """Look for expected runs that did not come, runs that never ended, and jobs that keep failing."""
    look(now())
