"""Who may see who is held back, set a consumer's class, and go against the level."""

from typing import Any

from portal.core.catalog.models import Asset
from tests.access_entry import NONE, Entry
from tests.people import World


def asked(world: World) -> dict[str, Any]:
    """An asset without an SLO is enough."""
    asset = Asset.objects.create(namespace="tests", name="asked", kind="table", owner_team=world.platform)
    return {"asset": asset.key}


ACCESS = [
    Entry("api:throttle", NONE, asked, token="throttle:read"),
]
