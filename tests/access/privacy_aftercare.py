"""Who may look after a proof, deal with a reopened request, replay restores and see the suppression list."""

from portal.core.clock.services import now
from privacy_app.domain.request import State
from privacy_app.models import Restore
from tests.access.privacy import OFFICER, REASON, of, received
from tests.access_entry import Entry


def looked_at(world):
    made = received(world, state=State.COMPLETED, completed_at=now())
    made.rechecks.create(why="day_1", due_at=now())
    return {"req_id": made.req_id}


def restored(state):
    def kwargs(world):
        from portal.core.catalog.models import DataSystem

        system = DataSystem.objects.create(name="restored", kind="postgresql", created_at=now())
        return {"pk": Restore.objects.create(system=system, state=state, taken_at=now(), noted_at=now()).pk}

    return kwargs


ACCESS = [
    Entry("privacy:aftercare", OFFICER, kwargs=looked_at),
    Entry("privacy:look-again", OFFICER, kwargs=looked_at, method="post"),
    Entry("privacy:plan-again", OFFICER, kwargs=of(state=State.REOPENED), method="post"),
    Entry("privacy:close-again", OFFICER, kwargs=of(state=State.REOPENED)),
    Entry("privacy:close-again", OFFICER, kwargs=of(state=State.REOPENED), method="post", data=REASON),
    Entry("privacy:restores", OFFICER),
    Entry("privacy:note-restore", OFFICER),
    Entry("privacy:note-restore", OFFICER, method="post", data={"system": "0", "taken_at": "2026-11-01T10:00"}),
    Entry("privacy:rehearse-restore", OFFICER),
    Entry("privacy:rehearse-restore", OFFICER, method="post", data={"backup": "0:none"}),
    Entry("privacy:restore", OFFICER, kwargs=restored("replayed")),
    Entry("privacy:replay-again", OFFICER, kwargs=restored("failed"), method="post"),
    Entry("privacy:go-live", OFFICER, kwargs=restored("replayed"), method="post"),
    Entry("privacy:suppression", OFFICER),
    Entry("privacy:rotate-suppression", OFFICER),
    Entry("privacy:rotate-suppression", OFFICER, method="post"),
]
