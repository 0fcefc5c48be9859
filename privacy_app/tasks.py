"""What workers do for deletion requests. Messages carry nothing; every task finds its rows by itself."""

from celery import shared_task

from portal.core.clock.beat import every
from portal.core.clock.services import now
from privacy_app.domain.request import State
from privacy_app.models import Request
from privacy_app.services import (
    appeal,
    attestations,
    by_hand_letters,
    checking,
    deadlines,
    duties,
    expiring,
    identity,
    importing,
    looking,
    pausing,
    propagation,
    proving,
    rechecking,
    recipients,
    resolution,
    restoring,
    rewriting,
    suppression,
    telling,
)


def _in(*states: State) -> list[int]:
    return list(Request.objects.filter(state__in=states).order_by("received_at").values_list("pk", flat=True))


@every(10)
@shared_task
def send_codes() -> None:
    """Send the first codes of new requests."""
    identity.send_due_codes()


@every(10)
@shared_task
def take_files() -> None:
    """Take in the rows of confirmed files."""
    importing.take_due()


@every(60)
@shared_task
def mind_waits() -> None:
    """Remind who has not proved their identity, end what nobody proved in time, and end pauses that are over."""
    at = now()
    pausing.resume_due(at)
    expiring.remind_due(at)
    expiring.expire_due(at)


@every(15)
@shared_task
def resolve_waiting() -> None:
    """Ask the identity sources for every request whose identity is verified."""
    for pk in _in(State.RESOLVING):
        resolution.resolve_request(pk)


@every(15)
@shared_task
def look_at_systems() -> int:
    """Go on with every plan that is being made; returns how many."""
    return looking.look_at_waiting()


@every(5)
@shared_task
def propagate() -> None:
    """Run every step that is due."""
    propagation.run_due()


@every(5)
@shared_task
def prove() -> None:
    """Bring requests whose steps have ended to their proof, as far as the ledger lets them."""
    for pk in checking.to_settle():
        checking.settle(pk)
    for pk in checking.to_check():
        checking.check(pk)
    for pk in checking.to_conclude():
        proving.conclude(pk)
    for pk in Request.objects.filter(state=State.COMPLETED, bundle_digest="").values_list("pk", flat=True):
        proving.publish(pk)


@every(3600)
@shared_task
def judge_duties() -> int:
    """End the duties of models that lineage shows to be trained anew; returns how many."""
    return duties.judge_open()


@every(3600)
@shared_task
def remind_recipients() -> int:
    """Remind recipients that have not answered; returns how many."""
    return recipients.remind_due(now())


@every(3600)
@shared_task
def shred_keys() -> None:
    """Purge the requests whose appeal window is over."""
    appeal.shred_due()


@every(3600)
@shared_task
def rewrite_tables() -> None:
    """Take the old row versions of purged requests out of the tables' files."""
    rewriting.rewrite()


@every(60)
@shared_task
def watch_deadlines() -> str:
    """Page about requests that are near or past their deadline."""
    return deadlines.watch_deadlines(now())


@every(300)
@shared_task
def remind_by_hand() -> int:
    """Take back what a hold keeps by now, remind teams of what they have to delete by hand, say what is overdue."""
    attestations.withdraw_held()
    return by_hand_letters.tell_waiting()


@every(10)
@shared_task
def tell_audit() -> int:
    """Send what waits for the audit topic."""
    return telling.deliver_due()


@every(86400)
@shared_task
def forget_audit() -> int:
    """Remove messages that were sent a month ago."""
    return telling.forget_sent()


@every(60)
@shared_task
def recheck() -> int:
    """Look again for subjects whose proof is one or seven days old, whose system was restored, or who was asked for."""
    return rechecking.run_due()


@every(30)
@shared_task
def replay_restores() -> int:
    """Replay the suppression list on restored systems, and rehearse it on backups."""
    return restoring.run_due()


@every(3600)
@shared_task
def expire_suppressions() -> int:
    """Remove tokens whose time is over, and keys that no token needs."""
    return suppression.expire()
