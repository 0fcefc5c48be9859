"""What runs by the clock: a short tick leases what is due, one task a batch measures it, a daily one keeps house."""

from __future__ import annotations

from mmap import mmap
from time import monotonic

from celery import shared_task
from celery.signals import worker_shutting_down

from portal.core.clock.beat import every, wake
from portal.core.clock.services import now

from .models import Slo
from .services import beat, hand_back, keep_house, lapse, lease_batches, make_rounds, record_look, take_up, waiting
from .services.baselines import first_look
from .services.breach_summary import tell_summary
from .services.findings import look_at_due
from .services.hints import note_ended_overrides
from .services.leases import Pair
from .services.reach import refresh_reaches
from .services.throttling import refresh_outdated

TICK_S = 5
LAPSES = 200
WORK_S = 15  # after this long a batch begins no further look and hands the rest back
SOFT_S, HARD_S = 100, 115  # a look that hangs ends here; still within the lease
TEND_S = 10
HOUSE_S = 3600
SUMMARY_S = 3600  # the outbox tells each address of a day once, so that a worker that was away tells it late
FINDINGS_S = 300

_stopping = mmap(-1, 1)  # shared with the worker's children: they end their batch when it is told to stop


@worker_shutting_down.connect
def stop(**_: object) -> None:
    """Let the batches under way end after the look that they are at."""
    _stopping[0] = 1


@every(TICK_S)
@shared_task(name="slo_app.tick")
def tick() -> int:
    """Lease what is due and hand each batch to a worker; a lost message is made good when its leases end."""
    resumed = beat()
    batches = lease_batches()
    for batch in batches:
        wake(probe_batch, batch.pairs)
    lapse(LAPSES, resumed=resumed)
    return sum(len(batch.pairs) for batch in batches)


@shared_task(name="slo_app.probe_batch", soft_time_limit=SOFT_S, time_limit=HARD_S)
def probe_batch(pairs: list[Pair]) -> int:
    """Measure leased SLOs one after the other; what is left when time is up or the worker stops is handed back."""
    rest, started, done = take_up(pairs), monotonic(), 0
    while rest and not _stopping[0] and monotonic() - started < WORK_S:
        probe(*rest.pop(0))
        done += 1
    if rest:
        hand_back(rest)
    if waiting():
        wake(tick)  # the system is free again, or a slow SLO in its first breach is measured again at once
    return done


def probe(slo_id: int, fence: int) -> str:
    """Measure one leased SLO and record what follows; a lease that is no longer ours is left alone."""
    slo = Slo.objects.select_related("asset", "version").filter(pk=slo_id, lease_number=fence).first()
    measurement = slo and record_look(slo_id=slo_id, fence=fence, look=first_look(slo))
    return measurement.result if measurement else "the lease has gone to another worker"


@every(TEND_S)
@shared_task(name="slo_app.tend")
def tend_incidents() -> int:
    """Do what open incidents need between two looks, such as telling of them when a silence ends."""
    return make_rounds(LAPSES)


@every(HOUSE_S)
@shared_task(name="slo_app.keep_house")
def house() -> None:
    """Make the days to come ready and drop those that are over."""
    keep_house()


@every(FINDINGS_S)
@shared_task(name="slo_app.look_after_findings", soft_time_limit=SOFT_S * 3, time_limit=HARD_S * 3)
def look_after_findings() -> int:
    """Look at the promises about persons' data that are due; a few assets at a time."""
    return look_at_due()


@every(SUMMARY_S)
@shared_task(name="slo_app.summarise_breaches")
def summarise_breaches() -> int:
    """Tell whom the RACI has for the SLOs what broke yesterday, once a day; returns how many places."""
    return tell_summary(now())


@every(15)
@shared_task(name="slo_app.throttle")
def keep_throttle_true() -> int:
    """Refresh levels that no measurement refreshes, read consumers anew, note what has ended; returns how many."""
    return refresh_outdated() + note_ended_overrides() + refresh_reaches()
