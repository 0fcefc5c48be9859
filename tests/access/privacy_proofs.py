"""Who may read proofs beyond the files: their format is everybody's, the list in clear a privacy officer's."""

from privacy_app.domain.request import State
from privacy_app.models import Request
from privacy_app.services import sealed_files
from privacy_app.services.closing_letter import NAME
from tests.access.privacy import OFFICER, REASON, linked, proved
from tests.access_entry import ALL, PUBLIC, Entry


def with_letter(world):
    made = linked(state=State.COMPLETED)(world)
    request = Request.objects.get(req_id=made["req_id"])
    sealed_files.keep(request, name=NAME, media_type="application/pdf", data=b"%PDF")
    return made


ACCESS = [
    Entry("privacy:proof-schema", PUBLIC),
    Entry("privacy:proof-vectors", PUBLIC),
    Entry("privacy:procedure", ALL),
    Entry("privacy:procedure-file", ALL),
    Entry("privacy:status-letter", PUBLIC, kwargs=with_letter),
    Entry("privacy:proof-in-clear", OFFICER, kwargs=proved()),
    Entry("privacy:proof-in-clear", OFFICER, kwargs=proved(), method="post", data=REASON),
]
