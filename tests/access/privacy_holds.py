"""Who may read, place, review and release holds."""

import uuid
from datetime import timedelta

from portal.core.clock.services import now
from privacy_app.domain.request import State
from privacy_app.models import Hold
from privacy_app.services import intake
from tests.access_entry import Entry

OFFICER = {"privacy_officer"}
DAYS = {"reason": "the matrix tries it", "ends_on": "2099-01-01", "review_on": ""}


def hold(world):
    made = Hold.objects.create(
        kind="exemption",
        basis="gdpr_17_3_b",
        reason="tax",
        placed_by=world.petra,
        placed_at=now(),
        ends_on=now().date() + timedelta(9),
        key=uuid.uuid4(),
    )
    return {"pk": made.pk}


def ended(world):
    from portal.core.identity.actors import system_actor

    made = intake.receive(actor=system_actor("tests"), channel="staff", email="dana@example.com", code=False)
    type(made).objects.filter(pk=made.pk).update(state=State.COMPLETED)
    return {"req_id": made.req_id}


ACCESS = [
    Entry("privacy:holds", OFFICER),
    Entry("privacy:hold", OFFICER, kwargs=hold),
    Entry("privacy:hold-new", OFFICER),
    Entry("privacy:hold-new", OFFICER, method="post", data={"kind": "exemption"}),
    Entry("privacy:hold-review", OFFICER, kwargs=hold),
    Entry("privacy:hold-review", OFFICER, kwargs=hold, method="post", data=DAYS),
    Entry("privacy:hold-release", OFFICER, kwargs=hold),
    Entry("privacy:hold-release", OFFICER, kwargs=hold, method="post", data={"reason": "it tries it"}),
    Entry("privacy:erase-kept", OFFICER, kwargs=ended),
    Entry("privacy:erase-kept", OFFICER, kwargs=ended, method="post", data={"reason": "it tries it"}),
]
