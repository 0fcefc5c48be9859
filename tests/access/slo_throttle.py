"""Who may see who is held back, set a consumer's class, and go against the level."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from slo_app.models import Slo, ThrottleLevel, ThrottleOverride
from slo_app.models.throttle import digest_of
from tests.access_entry import ALL, NONE, Entry
from tests.people import World

HANDLERS = {"owner", "on_call"}
CLASSERS = {"owner", "outsider", "administrator"}


def an_asset(world: World) -> Asset:
    return Asset.objects.create(namespace="tests", name="asked", kind="table", owner_team=world.platform)


def asked(world: World) -> dict[str, Any]:
    """An asset without an SLO is enough."""
    return {"asset": an_asset(world).key}


def level(world: World) -> dict[str, Any]:
    asset = an_asset(world)
    ThrottleLevel.objects.create(asset=asset, key=digest_of(asset.key), changed_at=now())
    return {"pk": asset.pk}


def override(world: World) -> dict[str, Any]:
    made = ThrottleOverride.objects.create(
        asset_id=level(world)["pk"], factor=1.0, reason="planned", author=world.ana, created_at=now(),
        ends_at=now() + timedelta(hours=1),
    )  # fmt: skip
    return {"pk": made.pk}


def wish(world: World) -> dict[str, str]:
    until = (now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    key = "7f3b0a52-0000-4000-8000-000000000002"
    return {"consumer": "", "factor": "1.0", "ends_at": until, "reason": "planned work", "idempotency_key": key}


def slo(world: World) -> dict[str, Any]:
    minute = timedelta(minutes=1)
    made = Slo.objects.create(
        asset=an_asset(world), kind="accuracy", target_op=">=", target_value=Decimal("99.9"), alert_op="<",
        alert_value=Decimal("99.7"), hold=minute, clear_for=minute, interval=minute, objective=Decimal("0.99"),
        owner_team=world.platform, created_at=now(), next_due_at=now(),
    )  # fmt: skip
    return {"pk": made.pk}


CONSUMER = {"namespace": "tests", "name": "load", "kind": "regulated", "webhook": ""}
ACCESS = [
    Entry("api:throttle", NONE, asked, token="throttle:read"),
    Entry("slos:throttle", ALL),
    Entry("slos:throttle-asset", ALL, level),
    Entry("slos:throttle-way", ALL, level),
    Entry("slos:throttle-override", HANDLERS, level),
    Entry("slos:throttle-override", HANDLERS, level, "post", wish),
    Entry("slos:throttle-end", HANDLERS, override, "post"),
    Entry("slos:throttle-preview", ALL, slo),
    Entry("slos:consumers", ALL),
    Entry("slos:consumer-set", CLASSERS, None, "post", CONSUMER),
    Entry("slos:consumer-class", {"administrator"}, {"key": "batch"}, "post", {"on_unknown": "deny"}),
]
