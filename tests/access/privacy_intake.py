"""Requests from programs and files of requests: who may bring them, and who follows what they brought."""

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.identity.actors import system_actor
from portal.core.identity.models import ServiceToken
from privacy_app.services import importing, intake
from tests.access_entry import NONE, Entry

OFFICER = {"privacy_officer"}
ROWS = b"email,claim:customer_id\ndana@example.com,c_1\nno address,c_2\n"


def checked(world):
    return {"pk": importing.check_file(user=world.pia, data=ROWS).pk}


def brought(world):
    """A request that an earlier token of the same sender brought."""
    world.token("privacy:intake")
    token = ServiceToken.objects.latest("pk")
    made = intake.receive(
        actor=system_actor("tests"), channel="api", email="dana@example.com", origin=intake.Origin(token=token)
    )
    return {"req_id": made.req_id}


ACCESS = [
    Entry("privacy:files", OFFICER),
    Entry("privacy:files", OFFICER, method="post", data=lambda _: {"file": SimpleUploadedFile("a.csv", ROWS)}),
    Entry("privacy:file", OFFICER, kwargs=checked),
    Entry("privacy:file-confirm", OFFICER, kwargs=checked, method="post"),
    Entry("privacy:file-discard", OFFICER, kwargs=checked, method="post"),
    Entry("privacy:file-results", OFFICER, kwargs=checked),
    Entry("api:privacy-request", NONE, kwargs=brought, token="privacy:intake"),
    Entry(
        "api:privacy-cancel",
        NONE,
        kwargs=brought,
        method="post",
        data={"reason": "sent by mistake"},
        content_type="application/json",
        token="privacy:intake",
    ),
]
