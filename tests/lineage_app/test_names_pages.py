"""The pages of names: a rule is looked at before it is in force, a merge is said with both names in view."""

import uuid
from typing import Any

from lineage_app.domain.rewrites import Rule
from lineage_app.models import Dataset, Merge, RewriteRule
from lineage_app.services.redoing import redo_all
from lineage_app.services.rewrites import add_rule
from tests.lineage_app.sending import event

ASKED = {"pattern": "demo-old", "replacement": "demo", "scope": "both", "position": "1"}


def sent_key(page: str) -> str:
    return page.split('name="idempotency_key" value="')[1].split('"')[0]


def test_an_administrator_previews_a_rule_puts_it_in_force_and_takes_it_back(send: Any, world: Any) -> None:
    send(event(inputs=[{"namespace": "demo-old", "name": "orders"}, "orders"], outputs=["b"]))
    ada = world.client("ada")
    page = ada.get("/lineage/names/rules/add/", ASKED).content.decode()
    assert "It touches 1 dataset and 0 jobs; 1 run would be projected anew" in page
    assert "1 dataset would become one with another of the same name" in page
    assert not RewriteRule.objects.exists()
    answer = ada.post("/lineage/names/rules/add/", {**ASKED, "idempotency_key": sent_key(page)}, follow=True)
    assert "0 of 1" in answer.content.decode()
    assert "Runs projected anew after a change of rules" in ada.get("/lineage/names/").content.decode()
    redo_all()
    row = RewriteRule.objects.get()
    shown = ada.get(row.get_absolute_url()).content.decode()
    assert "1 run projected anew, finished" in shown
    ada.post(f"/lineage/names/rules/{row.pk}/remove/")
    redo_all()
    assert Dataset.objects.filter(namespace="demo-old", name="orders").exists()
    assert "Taken back" in world.client("cleo").get("/lineage/names/").content.decode()


def test_a_rule_that_cannot_hold_is_refused_beside_its_field(world: Any) -> None:
    answer = world.client("ada").get("/lineage/names/rules/add/", {**ASKED, "pattern": "d*", "replacement": "dd*"})
    assert answer.status_code == 422
    assert "would be rewritten again" in answer.content.decode()


def test_who_cannot_write_rules_reads_them_and_finds_no_button(world: Any) -> None:
    row = add_rule(user=world.ada, rule=Rule("demo-old", "demo"), position=1, key=uuid.uuid4())
    bob = world.client("bob")
    assert "Add a rewrite rule" not in bob.get("/lineage/names/").content.decode()
    assert "Take the rule back" not in bob.get(row.get_absolute_url()).content.decode()


def test_two_names_are_found_compared_merged_shown_and_parted(send: Any, world: Any) -> None:
    send(event(inputs=["a"], outputs=["b"]), event(run=2, inputs=["shop.b"], outputs=["c"], job="publish"))
    one, other = Dataset.objects.get(name="b"), Dataset.objects.get(name="shop.b")
    ada = world.client("ada")
    assert "shop.b" in ada.get(f"/lineage/datasets/{one.pk}/merge/").content.decode()
    page = ada.get(f"/lineage/datasets/{one.pk}/merge/?other={other.pk}").content.decode()
    assert "The two names side by side" in page
    form = {"other": other.pk, "idempotency_key": sent_key(page)}
    answer = ada.post(f"/lineage/datasets/{one.pk}/merge/", {**form, "reason": ""})
    assert answer.status_code == 422
    ada.post(f"/lineage/datasets/{one.pk}/merge/", {**form, "reason": "the loader renames it"})
    shown = world.client("cleo").get(f"/lineage/datasets/{other.pk}/").content.decode()
    assert "demo/shop.b" in shown
    assert "Ada Administrator said so" in shown
    assert "the loader renames it" in shown
    ada.post(f"/lineage/names/merges/{Merge.objects.get().pk}/undo/")
    assert "demo/shop.b" not in world.client("cleo").get(f"/lineage/datasets/{one.pk}/").content.decode()


def test_names_that_a_symlink_joins_say_so(send: Any, world: Any) -> None:
    facet = {"symlinks": {"identifiers": [{"namespace": "demo", "name": "z", "type": "TABLE"}]}}
    send(event(outputs=[{"namespace": "demo", "name": "b", "facets": facet}]))
    page = world.client("cleo").get(Dataset.objects.get(name="b").get_absolute_url()).content.decode()
    assert "its producer says so in a symlinks facet" in page
