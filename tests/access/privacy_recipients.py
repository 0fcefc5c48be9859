"""Who keeps the register of recipients and reads their answers; a recipient answers by its own link."""

from portal.core.clock.services import now
from privacy_app.models import Recipient
from privacy_app.services.recipients import hash_of
from tests.access.privacy import OFFICER, received
from tests.access_entry import PUBLIC, Entry

GIVEN = {"name": "Mailer", "channel": "email", "address": "dpo@mailer.example", "kinds": ["email"], "active": "on"}


def recipient(world):
    return Recipient.objects.create(
        name="Partner",
        channel="email",
        address="x@example.com",
        kinds=["email"],
        changed_at=now(),
        changed_by=world.pia,
    )


def told(world):
    made = received(world)
    row = made.told.create(recipient=recipient(world), token_hash=hash_of("secret"), told_at=now())
    return {"req_id": made.req_id, "pk": row.pk}


def linked(world):
    return {"req_id": told(world)["req_id"], "token": "secret"}


ACCESS = [
    Entry("privacy:recipients", OFFICER),
    Entry("privacy:recipient-new", OFFICER),
    Entry("privacy:recipient-new", OFFICER, method="post", data=GIVEN),
    Entry("privacy:recipient", OFFICER, kwargs=lambda world: {"pk": recipient(world).pk}),
    Entry("privacy:recipient", OFFICER, kwargs=lambda world: {"pk": recipient(world).pk}, method="post", data=GIVEN),
    Entry("privacy:told", OFFICER, kwargs=lambda world: {"req_id": told(world)["req_id"]}),
    Entry("privacy:receipt", OFFICER, kwargs=told),
    Entry("privacy:receipt", OFFICER, kwargs=told, method="post", data={"outcome": "erased"}),
    Entry("privacy:acknowledge", PUBLIC, kwargs=linked),
    Entry("privacy:acknowledge", PUBLIC, kwargs=linked, method="post", data={"outcome": "erased"}),
]
