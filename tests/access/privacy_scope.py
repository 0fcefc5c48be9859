"""Who may look at links and decide about them."""

from privacy_app.domain.request import State
from tests.access.privacy import OFFICER, REASON, received, with_link
from tests.access_entry import Entry


def with_source(world):
    made = received(world, state=State.RESOLVING)
    row = made.sources.create(name="crm", asked_at=made.received_at, error="It did not answer.")
    return {"req_id": made.req_id, "pk": row.pk}


def of_link(world):
    return {"req_id": with_link(world)["req_id"]}


ACCESS = [
    Entry("privacy:links", OFFICER, kwargs=of_link),
    Entry(
        "privacy:decide-alike",
        OFFICER,
        kwargs=of_link,
        method="post",
        data=REASON | {"decision": "dismissed", "source": "tests", "kind": "device_id"},
    ),
    Entry("privacy:unmask-link", OFFICER, kwargs=with_link),
    Entry("privacy:unmask-link", OFFICER, kwargs=with_link, method="post", data=REASON),
    Entry("privacy:leave-out-source", OFFICER, kwargs=with_source),
    Entry("privacy:leave-out-source", OFFICER, kwargs=with_source, method="post", data=REASON),
]
