"""A small pipeline with all that a provenance answer speaks of: raw -> orders -> features -> model 7 -> scores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from lineage_app.models import Dataset
from lineage_app.services import project_all
from lineage_app.services.adoption import adopt_many
from portal.core.catalog.models import Asset
from portal.core.identity.actors import actor_of
from slo_app.models import Measurement, Slo
from tests import many_rows
from tests.lineage_app.sending import RUN_ID, event, post

CODE = {"sourceCodeLocation": {"type": "git", "repoUrl": "https://git.example/shop", "version": "4f2a9c1"}}
PURPOSE = {"documentation": {"description": "Predicts who leaves"}}
IMAGE = {
    "tags": {"tags": [{"key": "image", "value": "registry.example/train:7"}]},
    "executionParameters": {"parameters": [{"key": "day", "value": "2026-03-01"}]},
}
NAMES = ("orders", "features", "model", "scores")
TRAINED, SCORED = RUN_ID.format(3), RUN_ID.format(4)


def at(minute: int) -> datetime:
    """A minute of the pipeline's hour."""
    return datetime(2026, 3, 1, 10, minute, tzinfo=UTC)


def versioned(name: str, version: str) -> dict[str, Any]:
    """A dataset with the version that an event states."""
    return {"namespace": "demo", "name": name, "facets": {"version": {"datasetVersion": version}}}


def events() -> list[dict[str, Any]]:
    """Four runs, each five minutes long, at 10:00, 10:10, 10:30 and 10:50."""
    told = []
    for number, minute, job, inputs, outputs, more in (
        (1, 0, "load", ["raw"], ["orders"], {}),
        (2, 10, "features", ["orders"], ["features"], {}),
        (3, 30, "train", ["features"], [versioned("model", "7")], {"job_facets": CODE | PURPOSE, "run_facets": IMAGE}),
        (4, 50, "score", [versioned("model", "7"), "orders"], ["scores"], {"job_facets": CODE}),
    ):
        said: dict[str, Any] = {"run": number, "job": job, "inputs": inputs, "outputs": outputs, **more}
        told += [event("START", minute=minute, **said), event(minute=minute + 5, **said)]
    return told


def tell(world: Any, *more: dict[str, Any]) -> None:
    """Send the pipeline, and `more`, and project it."""
    token = world.token("lineage:write", namespaces=("demo*",))
    for each in (*events(), *more):
        assert post(token, each).status_code == 201
    project_all()


def adopt(world: Any, *names: str) -> dict[str, Asset]:
    """Make assets of Data Platform of these datasets, all but the raw one by default."""
    found = Dataset.objects.filter(name__in=names or NAMES)
    adopt_many(actor=actor_of(world.ana), datasets=found, team=world.platform)
    return {asset.name: asset for asset in Asset.objects.filter(namespace="demo")}


def agree(world: Any, asset: Asset, *, since: datetime) -> None:
    """A signed contract for the asset, in force since then."""
    ground = many_rows.Ground(team=world.platform, owner=world.ana, signer=world.pia, at=since)
    many_rows.contracts(ground, range(asset.pk, asset.pk + 1), [asset])


def watch(world: Any, asset: Asset, *looks: tuple[datetime, str]) -> Slo:
    """A freshness SLO of the asset, looked at every five minutes; `looks` are (when, result)."""
    slo = Slo.objects.create(
        asset=asset,
        kind="freshness",
        target_op="<=",
        target_value=15,
        alert_op=">",
        alert_value=20,
        hold=timedelta(minutes=5),
        clear_for=timedelta(minutes=5),
        interval=timedelta(minutes=5),
        objective="0.99",
        owner_team=world.platform,
        created_at=at(0) - timedelta(days=30),
        next_due_at=at(0),
    )
    for moment, result in looks:
        Measurement.objects.create(
            slo=slo, at=moment, result=result, alerting=False, value=7, cost_ms=1, digest="sha256:0", reason=""
        )
    return slo
