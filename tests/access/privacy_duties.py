"""Who sees what is owed after an erasure: owners of the model, and privacy officers."""

from portal.core.clock.services import now
from privacy_app.models import Duty
from tests.access.privacy import REASON
from tests.access_entry import Entry

OWNERS = {"privacy_officer", "owner", "outsider"}  # the outsider owns another team, and sees that team's


def with_duty(world):
    team = world.ana.memberships.get(role="owner").team
    made = Duty.objects.create(req_id="DEL-2026-11-23-0001", model="m", why="w", opened_at=now(), due_on=now().date())
    Duty.objects.filter(pk=made.pk).update(owner_team=team)
    return {"pk": made.pk}


ACCESS = [
    Entry("privacy:duties", OWNERS),
    Entry("privacy:duty", OWNERS - {"outsider"}, kwargs=with_duty),
    Entry("privacy:duty", OWNERS - {"outsider"}, kwargs=with_duty, method="post", data=REASON),
]
