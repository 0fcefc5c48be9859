"""Rewrite rules and merges on the projected graph: whatever their order, it is that of the rewritten events."""

import json
import random
import uuid
from typing import Any

import pytest
from django.db import connection

from lineage_app.domain.events import body_digest, parse
from lineage_app.domain.names import Name
from lineage_app.domain.projection import graph_of
from lineage_app.domain.rewrites import Rule, RuleRefused, Rules, Scope, rewritten
from lineage_app.domain.runs import Received
from lineage_app.models import Dataset, DatasetLink, Edge, Job, Merge, Redoing, RedoSubject, RewriteRule, Run
from lineage_app.selectors import graph_content, rewrites
from lineage_app.selectors.merges import merges_in_force, other_names
from lineage_app.services import project_all, project_batch, rebuild
from lineage_app.services.merging import MergeRefused, merge, part
from lineage_app.services.redoing import redo_all, redo_chunk
from lineage_app.services.rewrites import add_rule, remove_rule
from portal.core.catalog.services import adopt_asset
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event, post

NAMESPACES = ("demo-a", "demo-b", "demo")
SYMLINK = {"symlinks": {"identifiers": [{"namespace": "demo-b", "name": "z", "type": "TABLE"}]}}
RULES = (
    Rule("demo-a", "demo"),
    Rule("demo-b", "demo", Scope.DATASET),
    Rule("demo-*", "demo.*"),
    Rule("demo-b", "demo.c", Scope.JOB),
)


def add(user: Any, rule: Rule, position: int = 99) -> RewriteRule:
    return add_rule(user=user, rule=rule, position=position, key=uuid.uuid4())


def said(user: Any, one: Dataset, other: Dataset) -> Merge:
    return merge(user=user, one=one, other=other, reason="the same table", key=uuid.uuid4())


def dataset(name: str, namespace: str = "demo") -> Dataset:
    return Dataset.objects.get(namespace=namespace, name=name)


def some_events(chance: random.Random) -> list[dict[str, Any]]:
    def one() -> dict[str, Any]:
        namespace = chance.choice(NAMESPACES)
        facets = chance.choice([{}, {}, SYMLINK, {"symlinks": {"_deleted": True}}])
        column = {"fields": {"x": {"inputFields": [{"namespace": namespace, "name": "a", "field": "y"}]}}}
        parent = {"parent": {"job": {"namespace": namespace, "name": "dag"}, "run": {"runId": "x"}}}
        return event(
            chance.choice(["START", "COMPLETE", "COMPLETE", "FAIL", "STATIC"]),
            minute=chance.randrange(5),
            inputs=[{"namespace": namespace, "name": chance.choice("ab"), "facets": facets}, chance.choice("cd")],
            outputs=[{"namespace": namespace, "name": chance.choice("ef"), "facets": {"columnLineage": column}}],
            run=chance.randrange(6),
            job=chance.choice(["load", "train"]),
            namespace=namespace,
            run_facets=chance.choice([{}, parent]),
        )

    return [one() for _ in range(12)]


@pytest.mark.parametrize("seed", range(8))
def test_rules_and_merges_in_any_order_among_the_events_give_the_graph_of_the_rewritten_events(
    token: str, world: Any, seed: int
) -> None:
    chance = random.Random(seed)
    sent = some_events(chance)
    rules = chance.sample(RULES, 2)
    for number, each in enumerate(sent):
        assert post(token, each).status_code == 201
        if chance.random() < 0.4:
            project_batch()
        if number in (4, 7):
            add(world.ada, rules.pop(), chance.choice([1, 99]))
        if chance.random() < 0.4:
            redo_chunk(1)
        if number in (5, 9) and Dataset.objects.count() > 1:
            one, other = chance.sample(list(Dataset.objects.order_by("key")), 2)
            if one.root_pk != other.root_pk:
                said(world.ada, one, other)
        if number == 10:
            remove_rule(user=world.ada, row=chance.choice(list(rewrites.rows_in_force())))
            if chance.random() < 0.5 and merges_in_force().exists():
                part(user=world.ada, row=merges_in_force()[0])
    project_all()
    redo_all()
    _assert_pure(sent)
    rebuild()
    _assert_pure(sent)


def _assert_pure(sent: list[dict[str, Any]]) -> None:
    known = rewrites.rules_in_force()
    bodies = [json.dumps(each).encode() for each in sent]
    merges = [
        tuple(Name(known.dataset(name.namespace), name.name) for name in (row.left, row.right))
        for row in merges_in_force()
    ]
    pure = graph_of((Received(rewritten(parse(body), known), body_digest(body).hex()) for body in bodies), merges)
    projected = graph_content()
    assert set(projected.nodes) == set(pure.nodes)
    assert set(projected.edges) == set(pure.edges)
    assert set(projected.columns) == set(pure.columns)


def test_a_rule_joins_the_past_in_the_background_and_taking_it_back_parts_it_again(send: Any, world: Any) -> None:
    send(
        event(inputs=["a"], outputs=[{"namespace": "demo://host-1", "name": "orders"}]),
        event(run=2, inputs=[{"namespace": "demo://host-2", "name": "orders"}], outputs=["report"], job="publish"),
    )
    row = add(world.ada, Rule("demo://host-*", "demo://hosts"))
    assert (RedoSubject.objects.count(), [work.done for work in rewrites.redoings_at_work()]) == (2, [0])
    assert redo_all() == 2
    orders = dataset("orders", "demo://hosts")
    assert {(edge.src.name, edge.dst.name) for edge in Edge.objects.all()} == {("a", "orders"), ("orders", "report")}
    assert not Dataset.objects.filter(namespace__startswith="demo://host-").exists()
    assert Redoing.objects.get().finished_at is not None
    remove_rule(user=world.ada, row=row)
    redo_all()
    assert not Dataset.objects.filter(pk=orders.pk).exists()
    assert Edge.objects.filter(dst__namespace="demo://host-1").exists()
    assert Edge.objects.filter(src__namespace="demo://host-2").exists()
    kinds = list(Entry.objects.filter(kind__startswith="lineage:").values_list("kind", flat=True))
    assert sorted(kinds) == ["lineage:rewrite:added", "lineage:rewrite:removed"]


def test_the_preview_counts_what_a_rule_renames_and_names_what_it_joins(send: Any) -> None:
    send(event(inputs=[{"namespace": "demo-old", "name": "orders"}, "orders"], outputs=["b"]))
    shown = rewrites.preview(Rule("demo-old", "demo"), 1)
    assert [(move.old, move.new, move.datasets, move.jobs) for move in shown.moves] == [("demo-old", "demo", 1, 0)]
    assert [(str(one), str(other)) for one, other in shown.joined] == [("demo-old/orders", "demo/orders")]
    assert (shown.datasets, shown.jobs, shown.subjects) == (1, 0, 1)
    assert not RewriteRule.objects.exists()


def test_jobs_take_part_and_a_child_keeps_its_parent_under_the_new_name(send: Any, world: Any) -> None:
    parent = {"parent": {"job": {"namespace": "demo-old", "name": "dag"}, "run": {"runId": "x"}}}
    send(event(run_facets=parent))
    add(world.ada, Rule("demo-old", "demo", Scope.JOB))
    redo_all()
    assert str(Job.objects.get(name="load").parent.namespace) == "demo"
    assert not Job.objects.filter(namespace="demo-old").exists()


def test_an_asset_follows_its_dataset_under_a_rule_and_back(send: Any, world: Any) -> None:
    asset = adopt_asset(actor=system_actor("tests"), namespace="demo-old", name="b", kind="table")
    send(event(outputs=[{"namespace": "demo-old", "name": "b"}, "b"]))
    assert dataset("b").asset is None
    row = add(world.ada, Rule("demo-old", "demo"))
    redo_all()
    assert dataset("b").asset == asset
    remove_rule(user=world.ada, row=row)
    redo_all()
    assert (dataset("b").asset, dataset("b", "demo-old").asset) == (None, asset)


def test_a_rule_that_would_rewrite_its_own_result_is_refused_and_nothing_changes(world: Any) -> None:
    with pytest.raises(RuleRefused, match="rewritten again"):
        add(world.ada, Rule("demo*", "demo-eu*"))
    assert not RewriteRule.objects.exists()


def test_the_same_key_adds_one_rule(world: Any) -> None:
    key = uuid.uuid4()
    rows = {add_rule(user=world.ada, rule=RULES[0], position=1, key=key).pk for _ in range(2)}
    assert len(rows) == RewriteRule.objects.count() == 1


def test_a_subject_that_cannot_be_projected_anew_is_left_to_the_inbox_and_the_rest_goes_on(
    send: Any, world: Any
) -> None:
    from lineage_app.models import Inbox, RawEvent

    send(event(run=1), event(run=2, outputs=["c"]))
    broken = Run.objects.get(run_id__endswith="01")
    RawEvent.objects.filter(subject=broken.subject).update(body="{")
    add(world.ada, Rule("demo", "data"))
    redo_all()
    project_all()
    assert [str(row.subject) for row in Inbox.objects.all()] == [str(broken.subject)]
    assert Edge.objects.filter(dst__namespace="data", dst__name="c").exists()
    assert RewriteRule.objects.get().redoings.get().finished_at is not None


def test_a_merge_makes_two_names_one_node_and_undoing_it_parts_them(send: Any, world: Any) -> None:
    send(event(inputs=["a"], outputs=["b"]), event(run=2, inputs=["b2"], outputs=["c"], job="publish"))
    row = said(world.ada, dataset("b"), dataset("b2"))
    assert {(edge.src.name, edge.dst.name) for edge in Edge.objects.all()} == {("a", "b"), ("b", "c")}
    (other,) = other_names(dataset("b"))
    assert (other.dataset.name, [each.said_by.name for each in other.merges]) == ("b2", ["Ada Administrator"])
    with pytest.raises(MergeRefused, match="one dataset already"):
        said(world.ada, dataset("b"), dataset("b2"))
    part(user=world.ada, row=row)
    part(user=world.ada, row=row)
    assert {(edge.src.name, edge.dst.name) for edge in Edge.objects.all()} == {("a", "b"), ("b2", "c")}
    assert not DatasetLink.objects.exists()
    kinds = sorted(Entry.objects.filter(kind__startswith="lineage:").values_list("kind", flat=True))
    assert kinds == ["lineage:merge:said", "lineage:merge:undone"]


def test_an_owner_merges_what_is_theirs_and_not_what_is_anothers(send: Any, world: Any) -> None:
    from django.core.exceptions import PermissionDenied

    send(event(inputs=["a"], outputs=["b"]))
    with pytest.raises(PermissionDenied):
        said(world.ana, dataset("a"), dataset("b"))
    adopt_asset(actor=system_actor("tests"), namespace="demo", name="a", kind="table", owner_team=world.platform)
    project_all()
    Dataset.objects.filter(name="a").update(asset=adopted("a"))
    with pytest.raises(PermissionDenied):
        said(world.otto, dataset("a"), dataset("b"))
    with pytest.raises(PermissionDenied):
        said(world.bob, dataset("a"), dataset("b"))
    row = said(world.ana, dataset("a"), dataset("b"))
    assert dataset("b").root.asset == adopted("a")
    adopt_asset(actor=system_actor("tests"), namespace="demo", name="b", kind="table", owner_team=world.logistics)
    Dataset.objects.filter(name="b").update(asset=adopted("b"))
    with pytest.raises(PermissionDenied):
        part(user=world.ana, row=row)
    part(user=world.ada, row=row)
    assert (dataset("a").asset, dataset("b").asset) == (adopted("a"), adopted("b"))


def adopted(name: str) -> Any:
    from portal.core.catalog.models import Asset

    return Asset.objects.get(namespace="demo", name=name)


def test_a_representative_that_had_its_asset_from_the_other_name_gives_it_back(send: Any, world: Any) -> None:
    asset = adopt_asset(actor=system_actor("tests"), namespace="demo", name="b", kind="table")
    send(event(inputs=["a"], outputs=["b"]))
    row = said(world.ada, dataset("a"), dataset("b"))
    assert dataset("a").asset == asset
    part(user=world.ada, row=row)
    assert (dataset("a").asset, dataset("b").asset) == (None, asset)


def test_a_merge_follows_its_names_under_a_rule(send: Any, world: Any) -> None:
    send(event(inputs=["a"], outputs=[{"namespace": "demo-old", "name": "b"}]))
    send(event(run=2, inputs=["b2"], outputs=["c"], job="publish"))
    said(world.ada, dataset("b", "demo-old"), dataset("b2"))
    row = add(world.ada, Rule("demo-old", "demo"))
    redo_all()
    assert dataset("b2").root == dataset("b")
    assert Edge.objects.filter(src__name="b", src__namespace="demo", dst__name="c").exists()
    remove_rule(user=world.ada, row=row)
    redo_all()
    assert dataset("b2").root == dataset("b", "demo-old") or dataset("b", "demo-old").root == dataset("b2")
    assert Rules(rewrites.rules_in_force()).dataset("demo-old") == "demo-old"


def test_who_asks_by_the_name_as_it_was_sent_is_answered(send: Any, world: Any) -> None:
    from datetime import UTC, datetime

    from lineage_app import selectors

    sent = event(namespace="demo-old")
    send(sent)
    add(world.ada, Rule("demo-old", "demo"))
    redo_all()
    assert selectors.job_is_known("demo-old", "load")
    (ran,) = selectors.completed_runs("demo-old", "load", since=datetime(2026, 1, 1, tzinfo=UTC))
    (told,) = selectors.runs_in_events([json.dumps(sent).encode()], "demo-old", "load")
    assert ran.inputs == told.inputs == ("demo/a",)
    assert [hop.name for hop in selectors.downstream("demo-old", "a")] == ["b"]


def test_projecting_anew_leaves_the_projectors_lock_alone_while_nothing_waits(world: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        assert redo_chunk() == 0
    assert not [each for each in queries if "advisory" in each["sql"]]
