"""What datasets are, by which rule, on pages; and the owner's word that goes before."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from lineage_app.models import Dataset
from lineage_app.selectors.node_types import rules_with_counts, typed, without_layer
from lineage_app.services import link_assets, project_all, rebuild
from lineage_app.services.node_types import retype_all, type_asset
from portal.core.catalog.services import adopt_asset
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event, post


def dataset(name: str) -> Dataset:
    return Dataset.objects.select_related("asset").get(name=name)


@pytest.fixture
def estate(world: Any) -> None:
    view = {"namespace": "demo", "name": "v", "facets": {"datasetType": {"datasetType": "VIEW"}}}
    sent = event(inputs=["raw/orders", {"namespace": "kafka://broker", "name": "clicks"}], outputs=[view, "a"])
    assert post(world.token("lineage:write"), sent).status_code == 201
    project_all()
    adopt_asset(actor=system_actor("tests"), namespace="demo", name="a", kind="table", owner_team=world.platform)
    link_assets()


def test_the_page_lists_the_rules_in_order_with_counts_and_what_has_no_layer(estate: None, world: Any) -> None:
    counts = {rule.name: (rule.kinds, rule.layers) for rule in rules_with_counts()}
    assert list(counts)[:3] == ["asset", "tag", "type"]
    assert (counts["asset"], counts["type"], counts["scheme"], counts["word"]) == ((1, 0), (1, 0), (1, 0), (0, 1))
    assert {row.name for row in without_layer()} == {"clicks", "v", "a"}
    page = world.client("cleo").get("/lineage/names/types/").content.decode()
    assert "raw: raw" in page
    assert "kafka: stream" in page
    assert "3 in all" in page


def test_the_dataset_page_says_why_it_is_what_it_is(estate: None, world: Any) -> None:
    cleo = world.client("cleo")
    page = cleo.get(dataset("raw/orders").get_absolute_url()).content.decode()
    assert "Layer raw: its name holds “raw”." in page
    assert (
        "stream: its namespace is of the scheme kafka."
        in cleo.get(dataset("clicks").get_absolute_url()).content.decode()
    )


def test_the_owners_word_goes_before_every_rule_and_is_in_the_ledger(estate: None, world: Any) -> None:
    row = dataset("a")
    with pytest.raises(PermissionDenied):
        type_asset(user=world.otto, dataset=row, kind="model", layer="model")
    bob = world.client("bob")
    before = Entry.objects.count()
    answer = bob.post(f"/lineage/datasets/{row.pk}/type/", {"kind": "feature_view", "layer": "feature"})
    assert answer.status_code == 302
    known = typed(dataset("a"))
    assert (known.kind, known.layer, known.layer_why) == ("feature view", "feature", "its owner said so")
    assert Entry.objects.count() == before + 1
    assert bob.post(f"/lineage/datasets/{row.pk}/type/", {"kind": "nonsense"}).status_code == 422


def test_an_unclaimed_dataset_is_claimed_first(estate: None, world: Any) -> None:
    answer = world.client("bob").get(f"/lineage/datasets/{dataset('v').pk}/type/")
    assert answer.headers["Location"] == f"/lineage/datasets/{dataset('v').pk}/adopt/"


def test_changed_rules_are_applied_to_what_is_known_already(estate: None) -> None:
    Dataset.objects.update(kind="model", layer="", kind_rule="", layer_rule="")
    assert retype_all() == 4
    assert retype_all() == 0
    assert dataset("raw/orders").layer_rule == "word:raw"
    Dataset.objects.update(kind_rule="gone")
    rebuild()
    assert dataset("clicks").kind_rule == "scheme:kafka"
