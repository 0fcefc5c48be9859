"""An asset with an accuracy SLO whose alert is put into any phase, and jobs downstream of it that lineage knows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client

from lineage_app.services import project_all
from portal.core.catalog.models import Asset
from portal.core.catalog.services import adopt_asset
from portal.core.clock.services import now
from portal.core.events.services import consume_all
from portal.core.identity.actors import system_actor
from slo_app.domain.alert import Phase
from slo_app.domain.measurement import Reading, Result
from slo_app.models import Slo
from slo_app.probing import Look
from slo_app.services import lease_due, record_look
from tests.lineage_app.sending import event, post

MINUTE = timedelta(minutes=1)
NAMESPACE = "demo"


def accuracy_of(asset: Asset, **override: Any) -> Slo:
    """Accuracy as the programme states it, fired by its second bad look."""
    facts = {
        "kind": "accuracy",
        "target_op": ">=", "target_value": Decimal("99.9"), "alert_op": "<", "alert_value": Decimal("99.7"),
        "hold": timedelta(0), "clear_for": timedelta(0), "interval": 5 * MINUTE, "objective": Decimal("0.9"),
        "owner_team": asset.owner_team, "runbook": [{"phase": "Fix", "text": "Quarantine the partition."}],
        "created_at": now(), "next_due_at": now(),
    }  # fmt: skip
    return Slo.objects.create(asset=asset, **facts | override)


def an_asset(world: Any, name: str = "orders") -> Asset:
    """A table of Data Platform under the name that lineage's events bear."""
    actor = system_actor("tests")
    return adopt_asset(actor=actor, namespace=NAMESPACE, name=name, kind="table", owner_team=world.platform)


def send(world: Any, *events: dict[str, Any]) -> None:
    """Send events through the endpoint and project them."""
    token = world.token("lineage:write", namespaces=("demo*",))
    for each in events:
        assert post(token, each).status_code == 201
    project_all()


def readers(world: Any) -> None:
    """`direct` reads orders and writes features; `farther` makes a product of them; `aside` reads something else."""
    send(
        world,
        event(job="direct", inputs=("orders",), outputs=("features",), run=1),
        event(job="farther", inputs=("features",), outputs=("product",), run=2),
        event(job="aside", inputs=("weather",), outputs=("forecast",), run=3),
    )


def measured(clock: Any, slo: Slo, *values: str | None) -> Phase:
    """Record one look each five minutes with this accuracy, None for an empty table; consumers hear of it at once."""
    for value in values:
        clock.move(minutes=5)
        Slo.objects.filter(pk=slo.pk).update(next_due_at=now())
        [fence] = [number for pk, number in lease_due() if pk == slo.pk]
        reading = Reading(None, result=Result.NO_DATA) if value is None else _of(Decimal(value))
        record_look(slo_id=slo.pk, fence=fence, look=Look(now(), reading, cost_ms=1))
        consume_all()
    return Phase(slo.alerts.get().phase)


def _of(value: Decimal) -> Reading:
    return Reading(None, value, good=int(100 * value), total=10_000)


def ask(world: Any, asset: Asset, consumer: str, **headers: str) -> Any:
    """GET the throttle as a pipeline does."""
    token = world.token("throttle:read")
    headers = {"Authorization": f"Bearer {token}"} | headers
    return Client().get(f"/api/v1/throttle/{asset.key}", {"consumer": consumer}, headers=headers)
