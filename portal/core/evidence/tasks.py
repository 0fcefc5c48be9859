"""What the workers do for the ledger."""

from celery import shared_task

from portal.core.clock.beat import every
from portal.core.clock.services import now
from portal.core.evidence import services
from portal.core.evidence.actors import Actor


@every(2)
@shared_task  # type: ignore[untyped-decorator]  # Celery has no types
def sequence_entries() -> None:
    """Number what waits; woken by each entry, and by the clock for what a lost message left."""
    services.sequence_all()


@every(24 * 3600)
@shared_task  # type: ignore[untyped-decorator]  # Celery has no types
def audit() -> None:
    """Recompute the tree from its entries."""
    services.run_audit()


@every(300)
@shared_task  # type: ignore[untyped-decorator]  # Celery has no types
def anchor() -> None:
    """Take the day's checkpoint out of the house by every anchor that is set; tried again where it failed."""
    services.cast_due(now())


@every(24 * 3600)
@shared_task  # type: ignore[untyped-decorator]  # Celery has no types
def expire() -> None:
    """Remove the bytes of artifacts whose time is over."""
    services.expire_due(actor=Actor("system:evidence.retention", "system"))
