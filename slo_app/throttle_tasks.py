"""What keeps the throttle true by the clock: SLOs that came or went, consumers that lineage learnt of, overrides."""

from celery import shared_task

from portal.core.clock.beat import every

from .services.hints import note_ended_overrides
from .services.reach import refresh_reaches
from .services.throttling import refresh_outdated


@every(15)
@shared_task(name="slo_app.throttle")
def keep_throttle_true() -> int:
    """Refresh levels that no measurement refreshes, read consumers anew, note what has ended; returns how many."""
    return refresh_outdated() + note_ended_overrides() + refresh_reaches()
