"""What workers do for deletion requests. Messages carry nothing; every task finds its rows by itself."""

from celery import shared_task

from portal.core.clock.beat import every
from portal.core.clock.services import now
from privacy_app.domain.request import State
from privacy_app.models import Request
from privacy_app.services import appeal, checking, deadlines, propagation, proving, resolution


def _in(*states: State) -> list[int]:
    return list(Request.objects.filter(state__in=states).order_by("received_at").values_list("pk", flat=True))


@every(15)
@shared_task
def resolve_waiting() -> None:
    """Ask the identity sources for every request whose identity is verified."""
    for pk in _in(State.RESOLVING):
        resolution.resolve_request(pk)


@every(5)
@shared_task
def propagate() -> None:
    """Run every step that is due."""
    propagation.run_due()


@every(5)
@shared_task
def prove() -> None:
    """Bring requests whose steps have ended to their proof, as far as the ledger lets them."""
    for pk in _in(State.PROPAGATING, State.VERIFYING):
        checking.settle(pk)
        checking.check(pk)
        proving.conclude(pk)
    for pk in Request.objects.filter(state=State.COMPLETED, bundle_digest="").values_list("pk", flat=True):
        proving.publish(pk)


@every(3600)
@shared_task
def shred_keys() -> None:
    """Destroy the keys of requests whose appeal window is over."""
    appeal.shred_due()


@every(60)
@shared_task
def watch_deadlines() -> str:
    """Page about requests that are near or past their deadline."""
    return deadlines.watch_deadlines(now())
