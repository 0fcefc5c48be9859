"""An estate for Prometheus to scrape: an SLO of each sort, so that every question of the dashboard has an answer."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from portal.core.evidence.models import AuditRun
from portal.core.evidence.services import sequence
from slo_app.models import Alert, Measurement, Slo
from tests.people import World
from tests.slo_app.estate import freshness_of

QUIET = timedelta(minutes=30)  # the interval: nothing goes stale while a test runs


def plant(world: World) -> dict[str, Slo]:
    """One on target, one that fires, one ratio, and one without data; the ledger has been signed and checked."""
    found = {
        "good": _slo(world, "orders", "ok", "7"),
        "firing": _slo(world, "payments", "breach", "44.5", phase="firing", budget_left=Decimal("-1.5")),
        "ratio": _ratio(world),
        "no data": _slo(world, "returns", "no_data", None, phase="no_data"),
    }
    sequence()
    AuditRun.objects.create(started_at=now(), finished_at=now(), size=1, faults=[])
    return found


def _slo(world: World, name: str, result: str, value: str | None, *, phase: str = "ok", **more: Any) -> Slo:
    asset = Asset.objects.create(namespace="shop", name=name, kind="table", owner_team=world.platform)
    slo = freshness_of(asset, interval=QUIET, **{"budget_left": Decimal("0.75")} | more)
    Alert.objects.create(slo=slo, dedup_key=name, phase=phase, watched_since=now())
    _measure(slo, result, value)
    return slo


def _ratio(world: World) -> Slo:
    asset = Asset.objects.create(namespace="shop", name="customers", kind="table", owner_team=world.analytics)
    slo = freshness_of(
        asset, kind="accuracy", target_op=">=", target_value=Decimal("99.9"), alert_op="<", alert_value=Decimal("99.7"),
        objective=Decimal("0.999"), interval=QUIET, budget_method="occurrences", budget_left=Decimal("0.5"),
    )  # fmt: skip
    Alert.objects.create(slo=slo, dedup_key="ratio", phase="ok", watched_since=now())
    _measure(slo, "breach", "95", good=950, total=1000)
    return slo


def _measure(slo: Slo, result: str, value: str | None, **more: Any) -> None:
    facts = {"alerting": False, "cost_ms": 12, "digest": "sha256:0", "value": value and Decimal(value)}
    at = now()
    Measurement.objects.create(slo=slo, at=at, result=result, **facts | more)
    Slo.objects.filter(pk=slo.pk).update(last_at=at, last_result=result, next_due_at=at + QUIET)
