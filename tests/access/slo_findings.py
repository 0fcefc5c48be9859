"""Who may see findings, have them looked at again, and attest a system."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from portal.core.catalog.models import Asset, DataSystem
from portal.core.clock.services import now
from slo_app.models import Finding
from tests.access_entry import ALL, Entry
from tests.people import World


def _finding(world: World) -> dict[str, Any]:
    asset = Asset.objects.create(namespace="tests", name="kept", kind="table", owner_team=world.platform)
    made = Finding.objects.create(
        asset=asset, kind="residency", promised="only in eu", contract="kept", contract_version="1.0.0",
        outcome="broken", facts=[{"kept": False, "words": "far holds it in us."}], checked_at=now(), broken_since=now(),
    )  # fmt: skip
    return {"pk": made.pk}


def _system(world: World) -> dict[str, Any]:
    return {"pk": DataSystem.objects.create(name="store", kind="parquet", created_at=now()).pk}


WORD = {"on": "2026-01-01", "how": "LUKS", "idempotency_key": str(uuid4())}
ACCESS = [
    Entry("slos:findings", ALL, lambda world: _finding(world) and {}),
    Entry("slos:finding-look", {"privacy_officer"}, _finding, "post"),
    Entry("slos:attest", {"administrator"}, _system),
    Entry("slos:attest", {"administrator"}, _system, "post", WORD),
]
