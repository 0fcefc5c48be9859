"""The six rows of the catalog on the demo's own estate: what is promised there is measured, and met."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from django.db import transaction

from contracts_app.domain.document import load
from contracts_app.models import Contract, Version
from portal.client.lineage import Emitter
from portal.core.catalog.selectors import asset_named, resolve_asset
from portal.core.clock.services import now
from portal.core.events.services import consume_all, publish
from portal.core.identity.models import User
from portal.demo.build import catalog, people, slos
from portal.demo.estate import oltp, places
from portal.demo.pipelines import schedule
from slo_app.models import Slo
from slo_app.services.baselines import first_look

pytestmark = pytest.mark.django_db
DOCUMENTS = ("earlier/customer_events_v1", "documents/churn_scores_v1", "documents/assistant_answers_v1")
OWNERS = {
    "freshness": "Data Platform",
    "completeness": "Data Platform",
    "accuracy": "Data Quality",
    "vector_sync_lag": "ML Platform",
    "drift": "MLOps",
    "groundedness": "AI Safety Board",
}


@pytest.fixture
def estate(monkeypatch, settings):
    """The estate made anew in the suite's servers, its data moved once; nobody listens to what the pipelines tell."""
    with psycopg.connect(places.admin_url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS estate WITH (FORCE)")
    settings.SYSTEM_PATHS = [Path(settings.VAR_DIR)]
    oltp.build()
    people.build()
    catalog.build()
    monkeypatch.setattr(Emitter, "deliver", lambda self, body: json.loads(body))
    monkeypatch.setattr(schedule, "emitter", lambda: Emitter("http://127.0.0.1:9", "t", "demo", "commit", "image"))
    assert schedule.run_all(from_latest_success=False)


def in_force(path: str) -> None:
    """The document as an active version, with its event."""
    content = files("portal.demo.build").joinpath(f"{path}.yaml").read_bytes()
    document, ana = load(content).document, User.objects.get(email="ana@demo.example.com")
    asset = asset_named(document.asset.namespace, document.asset.name) or resolve_asset(document.name)
    contract = Contract.objects.create(name=document.name, asset=asset, owner_team=asset.owner_team, created_at=now())
    who = {"created_by": ana, "edited_by": ana, "created_at": now(), "edited_at": now()}
    version = Version.objects.create(
        contract=contract, number=document.version, authored=content, state="active", **who
    )
    with transaction.atomic():
        publish("contracts.version.activated", {"version_id": version.pk})


def test_every_row_of_the_catalog_is_measured_on_the_estate_and_met(estate):
    for path in DOCUMENTS:
        in_force(path)
    consume_all()
    slos.build()
    slos.build()
    made = list(Slo.objects.select_related("asset", "version", "owner_team"))
    assert len(made) == 7
    assert {slo.kind: slo.owner_team.name for slo in made} == OWNERS
    assert [slo for slo in made if slo.incomplete] == []
    for slo in made:
        first_look(slo)  # a kind that compares makes its baseline
        reading = first_look(slo).reading
        assert reading.value is not None, (slo, reading.reason)
        assert slo.target.holds(reading.value), (slo, reading)


def test_what_the_churn_model_promises_lacks_a_column(estate):
    in_force("documents/churn_model_v1")
    consume_all()
    assert "No column is named" in Slo.objects.get().incomplete
