"""Everybody who reads has a page of notices of their own; nobody opens another's."""

from portal.core.clock.services import now
from portal.core.notify.models import Notice
from tests.access_entry import ALL, PLAYERS, Entry
from tests.people import World

CHOICE = {"days": "every", "hour": "6", "zone": "UTC", "way-contracts": "digest", "way-lineage.findings": "page"}


def of_ana(world: World) -> dict[str, int]:
    made = Notice.objects.create(
        person=world.ana, subject="contracts", key="k", text="A change", path="/contracts/", way="now", at=now()
    )
    return {"pk": made.pk}


OWNER_OF_IT = {part for part, name in PLAYERS.items() if name == "ana"}

ACCESS = [
    Entry("notify:list", ALL),
    Entry("notify:unread", ALL),
    Entry("notify:read", ALL, None, "post", {"until": "1"}),
    Entry("notify:ways", ALL),
    Entry("notify:ways", ALL, None, "post", CHOICE),
    Entry("notify:open", OWNER_OF_IT, of_ana),
]
