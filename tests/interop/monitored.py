"""An estate for Prometheus to scrape, an SLO of each sort, and our own configuration made quicker for it."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from portal.core.evidence.models import AuditRun
from portal.core.evidence.services import sequence
from slo_app.models import Alert, Measurement, Slo
from tests.people import World
from tests.slo_app.estate import freshness_of

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
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


def configure(here: Path, server: str, token: str, *, alertmanager: str = "") -> None:
    """Our own files, quicker: every second instead of every half minute, and with the address of the tests."""
    for name in ("custody.rules.yml", "custody-burn.rules.yml"):
        text = (DEPLOY / "prometheus" / name).read_text()
        (here / name).write_text(re.sub(r"interval: \d+m", "interval: 1s", text))
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["scrape_configs"][0]["static_configs"][0]["targets"] = [server.removeprefix("http://")]
    config["rule_files"].append("custody-burn.rules.yml")
    (managers,) = config["alerting"]["alertmanagers"]
    managers["static_configs"][0]["targets"] = [alertmanager.removeprefix("http://")] if alertmanager else []
    (here / "prometheus.yml").write_text(yaml.safe_dump(config))
    (here / "custody_token").write_text(token)


def until(holds: Callable[[], bool], patience_s: float = 90) -> None:
    """Wait for what other programs do; fails when it takes longer."""
    end = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end, "it did not come so far in time"
        time.sleep(0.5)
