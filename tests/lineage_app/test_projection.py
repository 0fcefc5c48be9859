"""The projected graph equals the pure one, in any order, with duplicates, after a crash and after a rebuild."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from lineage_app.domain.events import body_digest, parse
from lineage_app.domain.graph_hash import graph_hash
from lineage_app.domain.projection import graph_of
from lineage_app.domain.runs import Received
from lineage_app.models import ColumnEdge, Dataset, Edge, Inbox, Job, RawEvent, Run, RunEdge, RunIO
from lineage_app.selectors import graph_content, graph_digest
from lineage_app.selectors.moments import Moment
from lineage_app.services import ensure_partitions, link_assets, project_all, project_batch, rebuild
from tests.lineage_app.sending import event, post

SNAPSHOT = {"jobType": {"emissionPattern": {"eventContentMode": "COMPLETE_SNAPSHOT"}}}
STREAMING = {"jobType": {"processingType": "STREAMING"}}


def linked(name: str, *others: str) -> dict[str, Any]:
    facet = {"identifiers": [{"namespace": "demo", "name": other, "type": "TABLE"} for other in others]}
    return {"namespace": "demo", "name": name, "facets": {"symlinks": facet}}


def with_columns(name: str, **columns: str) -> dict[str, Any]:
    fields = {
        out: {
            "inputFields": [
                {"namespace": "demo", "name": "a", "field": source, "transformations": [{"type": "DIRECT"}]}
            ]
        }
        for out, source in columns.items()
    }
    return {"namespace": "demo", "name": name, "facets": {"columnLineage": {"fields": fields}}}


def renamed(name: str, before: str) -> dict[str, Any]:
    former = {"namespace": "demo", "name": before}
    facet = {"lifecycleStateChange": "RENAME", "previousIdentifier": former}
    return {"namespace": "demo", "name": name, "facets": {"lifecycleStateChange": facet}}


def some_events(chance: random.Random) -> list[dict[str, Any]]:
    names = [
        *"abcde",
        linked("a", "z"),
        linked("z", "c"),
        linked("a"),
        with_columns("b", mail="email"),
        with_columns("d", x="y"),
        renamed("e", "a"),
        renamed("b", "d"),
    ]
    return [
        event(
            chance.choice(["START", "RUNNING", "COMPLETE", "FAIL", "STATIC"]),
            minute=chance.randrange(4),
            inputs=chance.sample(names, 2),
            outputs=chance.sample(names, 2),
            run=chance.randrange(4),
            job=chance.choice(["load", "train"]),
            namespace=chance.choice(["demo", "demo", "other"]),
            job_facets=chance.choice([{}, SNAPSHOT, STREAMING]),
        )
        for _ in range(14)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_shuffled_doubled_and_projected_piecemeal_the_hash_is_that_of_the_pure_graph(token: str, seed: int) -> None:
    chance = random.Random(seed)
    sent = some_events(chance)
    again = sent + chance.sample(sent, 5)
    chance.shuffle(again)
    for each in again:
        assert post(token, each).status_code == 201
        if chance.random() < 0.4:
            project_batch()
    project_all()
    bodies = [json.dumps(each).encode() for each in sent]
    events = [parse(body) for body in bodies]
    pure = graph_of(
        Received(one, body_digest(body).hex(), any(not n.startswith("demo") for n in one.namespaces()))
        for one, body in zip(events, bodies, strict=True)
    )
    projected = graph_content()
    assert set(projected.nodes) == set(pure.nodes)
    assert set(projected.edges) == set(pure.edges)
    assert set(projected.columns) == set(pure.columns)
    assert graph_digest() == graph_hash(pure)
    before = graph_digest()
    rebuild()
    assert graph_digest() == before


def test_the_command_prints_the_hash_that_changes_with_the_graph(send: Any, capsys: pytest.CaptureFixture[str]) -> None:
    hashes = []
    for run in (1, 2):
        send(event(run=run, outputs=[f"out{run}"]))
        call_command("lineage_hash")
        hashes.append(capsys.readouterr().out.strip())
    assert all(text.startswith("sha256:") and len(text) == 71 for text in hashes)
    assert hashes[0] != hashes[1]


def test_a_worker_that_dies_before_commit_loses_nothing(token: str) -> None:
    post(token, event())

    class Killed(Exception):
        pass

    with pytest.raises(Killed), transaction.atomic():
        assert project_batch() == 1
        raise Killed
    assert (Inbox.objects.count(), Edge.objects.count()) == (1, 0)
    assert project_batch() == 1
    assert (Inbox.objects.count(), Edge.objects.count()) == (0, 1)


def test_an_event_that_cannot_be_projected_is_set_aside_with_its_error_and_stops_nobody(token: str) -> None:
    post(token, event(run=1))
    post(token, event(run=2, outputs=["c"]))
    broken = RawEvent.objects.get(subject=parse(json.dumps(event(run=1)).encode()).subject)
    RawEvent.objects.filter(body_sha256=broken.body_sha256).update(body="{")
    project_all()
    (left,) = Inbox.objects.all()
    assert left.failed_at is not None
    assert "not JSON" in left.error
    assert Edge.objects.get().dst.name == "c"


def test_names_with_a_null_character_are_kept_and_projected(send: Any) -> None:
    send(event(outputs=["odd\x00name"]))
    assert Dataset.objects.filter(name="odd\ufffdname").exists()


def test_a_run_keeps_what_is_asked_of_it(send: Any) -> None:
    output = {
        "namespace": "demo",
        "name": "b",
        "facets": {"version": {"datasetVersion": "v7"}},
        "outputFacets": {"outputStatistics": {"rowCount": 42}},
    }
    parent = {"parent": {"job": {"namespace": "demo", "name": "dag"}, "run": {"runId": "x"}}}
    send(event("START", outputs=[], run_facets=parent), event(minute=5, inputs=[], outputs=[output]))
    run = Run.objects.get()
    assert (run.status, run.events, (run.ended_at - run.started_at).seconds) == ("COMPLETE", 2, 300)
    wrote = RunIO.objects.get(role="output")
    assert (wrote.version, wrote.facets["outputStatistics"]["rowCount"]) == ("v7", 42)
    assert Job.objects.get(name="load").parent.name == "dag"


def test_column_links_are_summed_up_and_vanish_with_the_run_that_said_them(send: Any) -> None:
    send(event(outputs=[with_columns("b", mail="email")]))
    link = ColumnEdge.objects.get()
    assert (link.src.name, link.src_field, link.dst.name, link.dst_field) == ("a", "email", "b", "mail")
    send(event(minute=1, outputs=[with_columns("b", contact="email")]))
    assert [link.dst_field for link in ColumnEdge.objects.all()] == ["contact"]


def test_a_symlink_that_comes_late_joins_what_was_apart_and_its_withdrawal_parts_it(send: Any) -> None:
    send(event(inputs=["a"], outputs=["b"]), event(run=2, inputs=["z"], outputs=["c"]))
    assert Edge.objects.values("src").distinct().count() == 2
    send(event(run=3, minute=1, inputs=[linked("z", "a")], outputs=["d"]))
    assert {edge.src.name for edge in Edge.objects.all()} == {"a"}
    gone = {"namespace": "demo", "name": "z", "facets": {"symlinks": {"_deleted": True}}}
    send(event(run=4, minute=2, inputs=[gone], outputs=["e"]))
    assert {(edge.src.name, edge.dst.name) for edge in Edge.objects.all()} == {
        ("a", "b"),
        ("z", "c"),
        ("z", "d"),
        ("z", "e"),
    }


def test_a_dataset_links_to_the_asset_of_its_name_or_alias(send: Any, world: Any) -> None:
    from portal.core.catalog.services import adopt_asset
    from portal.core.identity.actors import system_actor

    actor = system_actor("tests")
    asset = adopt_asset(actor=actor, namespace="demo", name="a", kind="table")
    send(event())
    assert Dataset.objects.get(name="a").asset == asset
    other = adopt_asset(actor=actor, namespace="demo", name="b", kind="table")
    link_assets()
    assert Dataset.objects.get(name="b").asset == other


def test_partitions_are_made_ahead_and_take_over_what_waited_in_the_default_one(token: str) -> None:
    post(token, event())
    made = ensure_partitions(datetime(2026, 3, 15, tzinfo=UTC))
    assert made == [f"lineage_app_rawevent_2026_{month:02d}" for month in range(2, 7)]
    assert ensure_partitions(datetime(2026, 3, 15, tzinfo=UTC)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM lineage_app_rawevent_2026_03")
        assert cursor.fetchone() == (1,)
    post(token, event())
    assert RawEvent.objects.count() == 1


def test_what_was_withdrawn_stays_as_history_with_the_receipts_between_which_it_was_held(send: Any, token: str) -> None:
    send(event("FAIL", minute=1), event("COMPLETE", minute=2))
    failed, seen = RunEdge.objects.order_by("known_from")
    assert (failed.state, failed.known_to, seen.state, seen.known_to) == ("failed", seen.known_from, "seen", None)
    edge = Edge.objects.get()
    assert (edge.state, edge.first_known) == ("seen", seen.known_from)
    between = RunEdge.objects.filter(Moment(known_at=failed.known_from).on_run_edges())
    assert [row.state for row in between] == ["failed"]
    assert [row.state for row in RunEdge.objects.filter(Moment().on_run_edges())] == ["seen"]
    before = list(RunEdge.objects.order_by("known_from").values_list("state", "known_from", "known_to", "first_at"))
    rebuild()
    again = RunEdge.objects.order_by("known_from").values_list("state", "known_from", "known_to", "first_at")
    assert list(again) == before


def test_the_edge_table_refuses_a_question_about_what_was_known_then() -> None:
    with pytest.raises(ValueError, match="RunEdge"):
        Moment(known_at=datetime(2026, 3, 1, tzinfo=UTC)).on_edges()
