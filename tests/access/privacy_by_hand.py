"""Who may see and end a deletion by hand: the owners of the system's team, and privacy officers."""

from datetime import timedelta

from portal.core.clock.services import now
from privacy_app.domain.request import State
from privacy_app.domain.steps import StepState
from privacy_app.models import ByHandTask, Plan
from tests.access.privacy import OFFICER, plan_of, received
from tests.access_entry import Entry

ATTESTING = {"owner", "outsider", "privacy_officer"}
"""An outsider owns another team: the list is theirs, this team's task is not."""
OWNING = {"owner", "privacy_officer"}


def with_task(world):
    made = received(world, state=State.PROPAGATING)
    step = plan_of(made, world, Plan.State.APPROVED).steps.create(
        request=made,
        position=1,
        place=1,
        origin="registered",
        system_name="crm",
        kind="manual",
        dataset="contacts",
        state=StepState.BY_HAND,
    )
    at = now()
    task = ByHandTask.objects.create(
        step=step, team=world.platform, handed_at=at, remind_at=at, due_at=at + timedelta(days=1)
    )
    return {"pk": task.pk}


ACCESS = [
    Entry(name="privacy:by-hand", allowed=ATTESTING),
    Entry(name="privacy:by-hand-task", kwargs=with_task, allowed=OWNING),
    Entry(name="privacy:by-hand-look", kwargs=with_task, method="post", allowed=OWNING),
    Entry(name="privacy:by-hand-attest", kwargs=with_task, method="post", data={"outcome": "cannot"}, allowed=OWNING),
    Entry(name="privacy:by-hand-document", kwargs=with_task, allowed=OFFICER),
    Entry(name="privacy:by-hand-document", kwargs=with_task, method="post", data={"reason": "x"}, allowed=OFFICER),
]
