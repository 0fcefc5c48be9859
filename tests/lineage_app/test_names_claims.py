"""Claiming many datasets at once, linking one to an asset that is there, and jobs that are parts of others."""

from typing import Any

from lineage_app.models import Dataset, Job
from lineage_app.selectors.boxes import folded_job
from lineage_app.services import link_assets
from portal.core.catalog.models import Asset
from portal.core.catalog.services import adopt_asset
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event


def test_many_datasets_are_claimed_at_once_with_what_the_rules_say(send: Any, world: Any) -> None:
    send(event(inputs=["raw/a", "b"], outputs=["features/c"]))
    bob = world.client("bob")
    page = bob.get("/lineage/names/claim/").content.decode()
    assert "3 datasets that nobody has claimed" in page
    ticked = [row.pk for row in Dataset.objects.exclude(name="b")]
    assert bob.post("/lineage/names/claim/", {"team": world.platform.pk}).status_code == 422
    assert bob.post("/lineage/names/claim/", {"team": world.logistics.pk, "datasets": ticked}).status_code == 422
    assert not Asset.objects.exists()
    answer = bob.post("/lineage/names/claim/?q=", {"team": world.platform.pk, "datasets": ticked}, follow=True)
    assert "2 datasets claimed for Data Platform" in answer.content.decode()
    assert {(row.name, row.kind, row.layer) for row in Asset.objects.all()} == {
        ("raw/a", "table", "raw"),
        ("features/c", "feature_view", "feature"),
    }
    assert Dataset.objects.get(name="b").asset is None
    assert bob.post("/lineage/names/claim/", {"team": world.platform.pk, "datasets": ticked}).status_code == 422


def test_a_dataset_under_another_address_is_linked_to_the_asset_that_is_there(send: Any, world: Any) -> None:
    actor = system_actor("tests")
    asset = adopt_asset(
        actor=actor, namespace="shop", name="public.daily_orders", kind="table", owner_team=world.platform
    )
    adopt_asset(actor=actor, namespace="far", name="orders", kind="table", owner_team=world.logistics)
    send(event(outputs=["lake/Daily-Orders"]))
    row = Dataset.objects.get(name="lake/Daily-Orders")
    url = f"/lineage/datasets/{row.pk}/adopt/"
    assert "its own team may" in world.client("otto").get(url).content.decode()
    world.client("otto").post(url, {"asset": asset.pk})
    assert Dataset.objects.get(pk=row.pk).asset is None
    page = world.client("bob").get(url).content.decode()
    assert "It is this one" in page
    assert "far" not in page.split("Or claim it as a new asset")[0].split("Is it one of these already?")[1]
    answer = world.client("bob").post(url, {"asset": asset.pk})
    assert answer.headers["Location"] == asset.get_absolute_url()
    assert Dataset.objects.get(pk=row.pk).asset == asset
    assert Entry.objects.filter(kind="lineage:dataset:linked").count() == 1
    Dataset.objects.update(asset=None)
    link_assets()
    assert Dataset.objects.get(pk=row.pk).asset == asset


def test_numbered_queries_fold_into_their_job_without_a_parent_facet(send: Any) -> None:
    send(event(job="model.orders.sql.2"), event(run=2, job="model.orders"))
    assert folded_job(Job.objects.get(name="model.orders.sql.2")).name == "model.orders"


def test_jobs_that_name_each_other_as_parents_fold_into_one_and_do_not_hang(send: Any, world: Any) -> None:
    def child(name: str, parent: str, run: int) -> dict[str, Any]:
        facet = {"parent": {"job": {"namespace": "demo", "name": parent}, "run": {"runId": "x"}}}
        return event(job=name, run=run, run_facets=facet)

    send(child("a", "b", 1), child("b", "c", 2), child("c", "a", 3), child("d", "d", 4))
    folded = {job.name: folded_job(job).name for job in Job.objects.order_by("name")}
    assert len({folded[name] for name in "abc"}) == 1
    assert folded["d"] == "d"
    for job in Job.objects.all():
        assert world.client("cleo").get(job.get_absolute_url()).status_code == 200


def test_the_dataset_page_tells_what_its_facets_say(send: Any, world: Any) -> None:
    facets = {"catalog": {"framework": "iceberg", "name": "prod"}, "documentation": {"description": "Paid orders"}}
    part = {"inputCondition": {"type": "location", "locations": ["s3://b/one"]}}
    source = {"namespace": "demo", "name": "a", "inputFacets": {"subset": part}}
    send(event(inputs=[source], outputs=[{"namespace": "demo", "name": "b", "facets": facets}]))
    cleo = world.client("cleo")
    page = cleo.get(Dataset.objects.get(name="b").get_absolute_url()).content.decode()
    assert "prod, iceberg" in page
    assert "Paid orders" in page
    assert "s3://b/one" in cleo.get(Job.objects.get().runs.get().get_absolute_url()).content.decode()
