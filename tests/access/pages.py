"""Who may open the composing pages: everybody who is signed in reads; what they show depends on the rights."""

from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import actor_of
from tests.access_entry import ALL, Entry
from tests.people import World


def an_asset(world: World) -> dict[str, int]:
    """An asset of Data Platform."""
    found = adopt_asset(
        actor=actor_of(world.ana), namespace="demo", name="orders", kind="table", owner_team=world.platform
    )
    return {"pk": found.pk}


ACCESS = [
    Entry("pages:home", ALL),
    Entry("pages:start", ALL),
    Entry("pages:help", ALL),
    Entry("pages:guide", ALL, kwargs={"key": "owner"}),
    Entry("pages:guide-picture", ALL, kwargs={"name": "contract"}),
    Entry("pages:search", ALL),
    Entry("pages:search", ALL, method="post", data={"q": "orders"}),
    Entry("pages:suggest", ALL, method="post", data={"q": "orders"}),
    Entry("pages:assets", ALL),
    Entry("pages:asset", ALL, kwargs=an_asset),
]
