"""Who may read and write runbooks."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from slo_app.models import Runbook, RunbookVersion, Slo
from tests.access_entry import ALL, Entry
from tests.people import World

WRITERS = {"owner", "on_call", "outsider"}
HANDLERS = {"owner", "on_call"}
TEXT = "## Trigger\n\n1. Late.\n\n## Fix\n\n1. Rerun `load`.\n"


def book(world: World) -> dict[str, Any]:
    made = Runbook.objects.create(key="late", title="Late", owner_team=world.platform, created_at=now())
    for number, more in ((1, ""), (2, "\n## Rollback\n\n1. Undo.\n")):
        RunbookVersion.objects.create(
            runbook=made, number=number, markdown=TEXT + more, steps=[{"phase": "Fix", "text": "Rerun `load`."}],
            digest="sha256:" + "0" * 64, author=world.ana, created_at=now(),
        )  # fmt: skip
    return {"key": "late"}


def second(world: World) -> dict[str, Any]:
    return book(world) | {"number": 2}


def slo(world: World) -> dict[str, Any]:
    minute = timedelta(minutes=1)
    asset = Asset.objects.create(namespace="tests", name="booked", kind="table", owner_team=world.platform)
    made = Slo.objects.create(
        asset=asset, kind="freshness", target_op="<=", target_value=Decimal(15), alert_op=">",
        alert_value=Decimal(20), hold=minute, clear_for=minute, interval=minute, objective=Decimal("0.99"),
        owner_team=world.platform, created_at=now(), next_due_at=now(),
    )  # fmt: skip
    return {"pk": made.pk}


WISH = {"title": "Late", "key": "late", "owner_team": "platform", "scope": "named", "kind": "", "markdown": TEXT}
ACCESS = [
    Entry("slos:runbooks", ALL),
    Entry("slos:runbooks-export", ALL),
    Entry("slos:runbook", ALL, book),
    Entry("slos:runbook-version", ALL, second),
    Entry("slos:runbook-new", WRITERS),
    Entry("slos:runbook-new", WRITERS, None, "post", WISH | {"look": "yes"}),
    Entry("slos:runbook-edit", HANDLERS, book),
    Entry("slos:runbook-edit", HANDLERS, book, "post", WISH | {"look": "yes"}),
    Entry("slos:runbook-import", WRITERS),
    Entry("slos:runbook-import", WRITERS, None, "post", {"owner_team": "platform", "text": "x", "look": "yes"}),
    Entry("slos:runbook-choose", HANDLERS, slo, "post", {"runbook": ""}),
]
