"""Letters about tasks by hand: handed over, reminded, overdue. They name a reference and a day, never a subject."""

from django.conf import settings
from django.db import transaction

from portal.core.clock.services import now
from portal.core.identity.models import Membership
from portal.core.identity.roles import Role
from portal.core.notify.services import enqueue
from privacy_app.models import ByHandTask

SUBJECTS = {
    "handed": "A deletion by hand is yours: {request}",
    "reminder": "A deletion by hand waits: {request}",
    "overdue": "A deletion by hand is overdue: {request}",
}
BODY = """{first}

Request:  {request}
System:   {system}, {dataset}
Due:      {due} UTC

What to do, whom it is about (each look is recorded), and the form for what you did:
{url}

Do not answer this letter with anything about the person.
"""
FIRST = {
    "handed": "A deletion was approved, and a part of it can only be done by a person of your team.",
    "reminder": "A part of an approved deletion is still to be done by a person of your team.",
    "overdue": "A part of an approved deletion was to be done by hand, and nobody has attested it.",
}


def tell_handed(task: ByHandTask) -> None:
    """Tell the owners of the system, or the privacy officers where it has none."""
    _tell(task, "handed", _owners(task))


def tell_waiting() -> int:
    """Remind teams of open tasks, once each; tell the team and the privacy officers what is overdue. How many."""
    at = now()
    open_tasks = ByHandTask.objects.filter(attested_at=None)
    due = open_tasks.filter(remind_at__lte=at, reminded_at=None).values_list("pk", flat=True)
    late = open_tasks.filter(due_at__lte=at, overdue_told_at=None).values_list("pk", flat=True)
    return sum(_tell_once(pk, "reminder") for pk in due) + sum(_tell_once(pk, "overdue") for pk in late)


@transaction.atomic
def _tell_once(pk: int, what: str) -> int:
    field = {"reminder": "reminded_at", "overdue": "overdue_told_at"}[what]
    task = ByHandTask.objects.select_for_update(of=("self",)).select_related("step__request").get(pk=pk)
    if not task.is_open or getattr(task, field) is not None:
        return 0
    setattr(task, field, now())
    task.save(update_fields=[field])
    overdue = what == "overdue"
    _tell(task, what, _owners(task) | _officers() if overdue else _owners(task))
    return 1


def _tell(task: ByHandTask, what: str, addresses: set[str]) -> None:
    step = task.step
    values = {
        "first": FIRST[what],
        "request": step.request.req_id,
        "system": step.system_name,
        "dataset": step.dataset,
        "due": f"{task.due_at:%Y-%m-%d %H:%M}",
        "url": f"{settings.BASE_URL}{task.get_absolute_url()}",
    }
    for address in sorted(addresses):
        enqueue(
            channel="email",
            address=address,
            subject=SUBJECTS[what].format(**values),
            body=BODY.format(**values),
            dedup_key=f"privacy:by-hand:{task.pk}:{what}:{address}",
        )


def _owners(task: ByHandTask) -> set[str]:
    if task.team is None:
        return _officers()
    held = Membership.objects.filter(role=Role.OWNER, team=task.team, user__is_active=True)
    return set(held.values_list("user__email", flat=True))


def _officers() -> set[str]:
    held = Membership.objects.filter(role=Role.PRIVACY_OFFICER, user__is_active=True)
    return set(held.values_list("user__email", flat=True))
