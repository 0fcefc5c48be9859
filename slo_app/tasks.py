"""What runs by the clock: a short tick leases what is due, one task each measures it."""

from celery import shared_task

from portal.core.clock.beat import every, wake
from portal.core.clock.services import now

from .models import Slo
from .probing import look
from .services import lapse, lease_due, record_look, tend

TICK_S = 5
BATCH = 200
TEND_S = 10


@every(TICK_S)
@shared_task(name="slo_app.tick")
def tick() -> int:
    """Lease every due SLO in batches and hand each to a worker; a lost message is made good when its lease ends."""
    leased = 0
    while batch := lease_due(BATCH):
        leased += len(batch)
        for slo_id, fence in batch:
            wake(probe, slo_id, fence)
    lapse(BATCH)
    return leased


@shared_task(name="slo_app.probe")
def probe(slo_id: int, fence: int) -> str:
    """Measure one leased SLO and record what follows; a lease that is no longer ours is left alone."""
    slo = Slo.objects.select_related("asset", "version").filter(pk=slo_id, lease_number=fence).first()
    if slo is None:
        return "the lease has gone to another worker"
    measurement = record_look(slo_id=slo_id, fence=fence, look=look(slo))
    if Slo.objects.filter(pk=slo_id, next_due_at__lte=now()).exists():
        wake(tick)  # a slow SLO in its first breach is measured again at once
    return measurement.result if measurement else "the lease has gone to another worker"


@every(TEND_S)
@shared_task(name="slo_app.tend")
def tend_incidents() -> int:
    """Do what open incidents need between two looks, such as telling of them when a silence ends."""
    return tend(BATCH)
