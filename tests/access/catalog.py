"""Who may use the catalog's operations."""

from datetime import UTC, datetime

from portal.core.catalog.models import DataSystem
from tests.access_entry import ALL, Entry
from tests.people import World


def _system(_world: World) -> dict[str, int]:
    made = DataSystem.objects.create(
        name="lake", kind="parquet", settings={"root": "/nowhere"}, created_at=datetime.now(UTC)
    )
    return {"pk": made.pk}


ACCESS = [
    Entry("catalog:systems", ALL),
    Entry("catalog:system", ALL, kwargs=_system),
    Entry("catalog:ping", {"administrator"}, kwargs=_system, method="post"),
    Entry("catalog:register", {"administrator"}),
    Entry(
        "catalog:register",
        {"administrator"},
        method="post",
        data={"name": "lake", "kind": "parquet", "settings": '{"path": "/etc"}'},
    ),
]
