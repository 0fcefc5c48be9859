"""Registers the estate's further systems: a lakehouse, loyalty cards, encrypted backups, and a desk by hand."""

from collections.abc import Mapping
from pathlib import Path

from portal.core.catalog import services
from portal.core.catalog.models import DataSystem
from portal.core.catalog.selectors import asset_named
from portal.core.identity.models import Team
from portal.demo.build.catalog import register
from portal.demo.estate import backup, names, places
from portal.demo.estate.names import Named

DESK = (
    "Open the vendor's console, search for the contact's address, open each case and choose Delete for good. "
    "Export the list of deleted cases as PDF and hand it in here."
)
PERSON = {"customer_id": "customer_id", "email": "email"}


def build() -> None:
    """Register what is missing and say what lies where."""
    owner = Team.objects.get(slug="data-platform")
    lakehouse = register("lakehouse", "delta", "Estate lakehouse", owner, {"root": _made(places.lakehouse())})
    _place(names.ACTIVITY, lakehouse, names.ACTIVITY.name, {"identifiers": PERSON})
    path = places.loyalty()
    _made(path.parent)
    loyalty = register("loyalty", "sqlite", "Loyalty cards of the shops", owner, {"path": str(path)})
    _place(names.CARDS, loyalty, "cards", {"identifiers": PERSON, "surrogate": "card_no"})
    kept = backup.settings_of_system()
    backups = register("backups", "encrypted_backup", "Nightly backups", owner, kept, secret=backup.keep_master())
    _place(names.NIGHTLY, backups, backup.SET, backup.PLACEMENT)
    desk = register("support_desk", "manual", "Support desk (vendor's console)", owner, {"instructions": DESK})
    _place(names.CASES, desk, "cases", {"identifiers": {"email": "Contact address"}})


def _place(named: Named, system: DataSystem, object_name: str, placed: Mapping[str, object]) -> None:
    asset = asset_named(named.namespace, named.name)
    assert asset is not None, "the catalog is built before"
    services.place(asset=asset, system=system, object_name=object_name, settings=dict(placed))


def _made(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)
