"""Who may take the programme's files: everybody who reads contracts, lineage and SLOs."""

from uuid import uuid4

from tests.access_entry import ALL, Entry
from tests.people import World


def _zip(world: World) -> dict[str, int]:
    """A finished one."""
    from portal.pages.programme import making

    asked = making.ask(user=world.ana, key=uuid4())
    making.make(asked.pk)
    return {"pk": asked.pk}


ACCESS = [
    Entry("programme:index", ALL),
    Entry("programme:index", ALL, method="post", data=lambda _: {"idempotency_key": str(uuid4())}),
    Entry("programme:zip", ALL, kwargs=_zip),
    Entry("programme:download", ALL, kwargs=_zip),
]
