"""SLOs on a planted source, and the ticks of a worker, played one after the other."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from contracts_app.models import Contract, Version
from portal.core.catalog.models import Asset, DataSystem, Placement
from portal.core.clock.services import now
from portal.core.events.services import consume_all, publish
from slo_app.domain.alert import Phase
from slo_app.models import Alert, Incident, Slo
from slo_app.services import lapse, lease_due, record_look
from slo_app.services.baselines import first_look

CONTRACT = """
name: events
version: 1.0.0
owner: Data Platform
asset: {namespace: tests, name: events, kind: table}
schema:
  id: {type: integer, required: true, unique: true}
  event_ts: {type: timestamp, required: true}
  kind: {type: enum, allowed: [view, purchase], required: true}
  amount: {type: float, min: 0.0, required: false}
slos:
  freshness_minutes: {target: 15, alert: "> 20"}
  completeness_pct: {target: ">= 99.5%", alert: "< 99.0%"}
  accuracy_rules:
    - rule: "amount >= 0"
"""


def asset_on(planted: Any, world: Any, monkeypatch: Any) -> Asset:
    """An asset of Data Platform that lies in the planted source."""
    asset = Asset.objects.create(namespace="tests", name="events", kind="table", owner_team=world.platform)
    secret = ""
    if planted.config.secret:
        monkeypatch.setenv("CUSTODY_SECRET_TESTS", planted.config.secret)
        secret = "env:CUSTODY_SECRET_TESTS"
    system = DataSystem.objects.create(
        name=planted.config.name,
        kind=planted.config.kind,
        settings=dict(planted.config.settings),
        probe_secret=secret,
        created_at=now(),
    )
    Placement.objects.create(asset=asset, system=system, object_name=planted.object_name)
    return asset


def freshness_of(asset: Asset, **override: Any) -> Slo:
    """Freshness as the programme states it, by hand."""
    minute = timedelta(minutes=1)
    facts = {
        "kind": "freshness",
        "target_op": "<=", "target_value": 15, "alert_op": ">", "alert_value": 20, "hold": 5 * minute,
        "clear_for": 5 * minute, "interval": minute, "objective": Decimal("0.99"), "element": "event_ts",
        "owner_team": asset.owner_team, "runbook": [{"phase": "Fix", "text": "Rerun the job."}],
        "created_at": now(), "next_due_at": now(),
    }  # fmt: skip
    slo = Slo.objects.create(asset=asset, **facts | override)
    return Slo.objects.get(pk=slo.pk)


def activate(asset: Asset, person: Any, number: str = "1.0.0", text: str = CONTRACT) -> Version:
    """Put a contract version in force with its event, as signing does, and let the SLOs hear of it."""
    contract, _ = Contract.objects.get_or_create(
        name="events", defaults={"asset": asset, "owner_team": asset.owner_team, "created_at": now()}
    )
    contract.versions.update(state="deprecated")
    who = {"created_by": person, "edited_by": person, "created_at": now(), "edited_at": now()}
    version = Version.objects.create(contract=contract, number=number, authored=text.encode(), state="active", **who)
    with transaction.atomic():
        publish("contracts.version.activated", {"version_id": version.pk})
    consume_all()
    return version


def work() -> int:
    """One tick and all its probes, as beat and a worker do them; returns how many SLOs were measured."""
    leased = lease_due()
    for slo_id, fence in leased:
        slo = Slo.objects.select_related("asset", "version").get(pk=slo_id)
        record_look(slo_id=slo_id, fence=fence, look=first_look(slo))
    lapse()
    return len(leased)


def work_for(clock: Any, minutes: int) -> None:
    """A tick now, and one each minute after."""
    work()
    for _ in range(minutes):
        clock.move(minutes=1)
        work()


def phase(slo: Slo) -> Phase:
    """Where the SLO's alert stands."""
    return Phase(Alert.objects.get(slo=slo).phase)


def the_incident(slo: Slo) -> Incident:
    """Its only incident."""
    return Incident.objects.select_related("slo", "alert").get(slo=slo)
