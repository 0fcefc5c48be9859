"""The graph is a pure function of the set of events: shuffled, doubled or late, the hash is the same."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_app.domain.edges import EdgeState, derive, own_and_foreign
from lineage_app.domain.events import body_digest, parse
from lineage_app.domain.graph_hash import graph_hash
from lineage_app.domain.names import Name
from lineage_app.domain.projection import graph_of
from lineage_app.domain.runs import Received, accumulate

RUN_ID = "0199a3c2-7d5e-7000-8000-00000000000"


def event(
    kind: str = "COMPLETE",
    minute: int = 0,
    inputs: Any = ("a",),
    outputs: Any = ("b",),
    *,
    run: str = "1",
    job: str = "load",
    foreign: bool = False,
    job_facets: dict[str, Any] | None = None,
    run_facets: dict[str, Any] | None = None,
) -> Received:
    def datasets(items: Any) -> list[dict[str, Any]]:
        return [item if isinstance(item, dict) else {"namespace": "demo", "name": item} for item in items]

    sent = {
        "eventTime": f"2026-03-01T10:{minute:02d}:00Z",
        "eventType": kind,
        "run": {"runId": RUN_ID + run, "facets": run_facets or {}},
        "job": {"namespace": "demo", "name": job, "facets": job_facets or {}},
        "inputs": datasets(inputs),
        "outputs": datasets(outputs),
    }
    if kind == "STATIC":
        del sent["run"], sent["eventType"]
    body = json.dumps(sent).encode()
    return Received(parse(body), body_digest(body).hex(), foreign)


def names(pairs: Any) -> set[tuple[str, str]]:
    return {(src.name, dst.name) for src, dst in pairs}


datasets = st.lists(st.sampled_from("abcde"), max_size=3)
events = st.lists(
    st.builds(
        event,
        st.sampled_from(["START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER", "STATIC"]),
        st.integers(0, 3),
        datasets,
        datasets,
        run=st.sampled_from("123"),
        job=st.sampled_from(["load", "train"]),
        foreign=st.booleans(),
        job_facets=st.sampled_from(
            [
                {},
                {"jobType": {"processingType": "STREAMING"}},
                {"jobType": {"emissionPattern": {"eventContentMode": "COMPLETE_SNAPSHOT"}}},
                {"jobType": {"_deleted": True}},
            ]
        ),
    ),
    max_size=12,
)


@given(events, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_shuffled_and_doubled_events_give_the_same_hash(sent: list[Received], chance: random.Random) -> None:
    again = sent + [item for item in sent if chance.random() < 0.5]
    chance.shuffle(again)
    assert graph_hash(graph_of(again)) == graph_hash(graph_of(sent))


def test_the_hash_tells_different_graphs_apart() -> None:
    hashes = {
        graph_hash(graph_of([event(outputs=out, kind=kind)])) for out in ("b", "c") for kind in ("COMPLETE", "FAIL")
    }
    assert len(hashes) == 4


def test_inputs_of_start_and_outputs_of_complete_make_the_edge() -> None:
    run = accumulate([event("COMPLETE", 5, [], ["b"]), event("START", 0, ["a"], [])])
    assert names(derive(run).edges) == {("a", "b")}
    assert run.started_at < run.ended_at


def test_running_after_complete_does_not_reopen_the_run() -> None:
    assert accumulate([event("COMPLETE", 5), event("RUNNING", 6), event("START", 0)]).status == "COMPLETE"


def test_a_batch_run_proves_nothing_before_complete_but_a_streaming_one_does() -> None:
    streaming = {"jobType": {"processingType": "STREAMING"}}
    assert derive(accumulate([event("RUNNING")])).edges == set()
    assert names(derive(accumulate([event("RUNNING", job_facets=streaming)])).edges) == {("a", "b")}


@pytest.mark.parametrize("kind", ["FAIL", "ABORT"])
def test_a_run_that_ended_badly_leaves_a_failed_edge(kind: str) -> None:
    derived = derive(accumulate([event("START"), event(kind, 1)]))
    assert (derived.state, names(derived.edges)) == (EdgeState.FAILED, {("a", "b")})


def test_a_static_job_event_declares_and_its_successor_replaces_it() -> None:
    derived = derive(accumulate([event("STATIC", 1, ["x"], ["y"]), event("STATIC", 0)]))
    assert (derived.state, names(derived.edges)) == (EdgeState.DECLARED, {("x", "y")})


def test_a_complete_snapshot_replaces_what_was_said_before() -> None:
    snapshot = {"jobType": {"emissionPattern": {"eventContentMode": "COMPLETE_SNAPSHOT"}}}
    run = accumulate([event("START", 0, ["old"], ["b"]), event("COMPLETE", 1, ["new"], ["b"], job_facets=snapshot)])
    assert names(derive(run).edges) == {("new", "b")}


def test_the_last_event_time_wins_for_a_facet_and_deleted_true_removes_it() -> None:
    def with_schema(minute: int, facet: dict[str, Any]) -> Received:
        return event("RUNNING", minute, [{"namespace": "demo", "name": "a", "facets": {"schema": facet}}])

    first, second = with_schema(1, {"v": 1}), with_schema(2, {"v": 2, "_deleted": None})
    use = accumulate([second, first]).inputs[Name("demo", "a")]
    assert use.facets["schema"]["v"] == 2
    gone = accumulate([with_schema(3, {"_deleted": True}), first, second]).inputs[Name("demo", "a")]
    assert "schema" not in gone.facets


def test_explicit_lineage_overrides_the_product() -> None:
    stated = {
        "lineage": {
            "entries": [
                {
                    "type": "DATASET",
                    "namespace": "demo",
                    "name": "b",
                    "inputs": [{"type": "DATASET", "namespace": "demo", "name": "a"}],
                    "fields": {
                        "mail": {
                            "inputs": [
                                {
                                    "type": "DATASET",
                                    "namespace": "demo",
                                    "name": "a",
                                    "field": "email",
                                    "transformations": [{"type": "DIRECT", "subtype": "IDENTITY", "masking": True}],
                                }
                            ]
                        }
                    },
                }
            ]
        }
    }
    derived = derive(accumulate([event(inputs="ac", outputs="bd", job_facets=stated)]))
    assert names(derived.edges) == {("a", "b")}
    (column,) = derived.columns
    assert (column.src_field, column.dst_field, column.masking) == ("email", "mail", True)


def test_a_job_that_says_what_feeds_it_reads_that_though_it_names_no_input() -> None:
    source = {"type": "DATASET", "namespace": "demo", "name": "served"}
    stated = {"lineage": {"entries": [{"type": "JOB", "namespace": "demo", "name": "load", "inputs": [source]}]}}
    sent = event(inputs="a", outputs=[], job_facets=stated)
    assert set(accumulate([sent]).read) == {Name("demo", "a"), Name("demo", "served")}
    assert ("demo", "served") in graph_of([sent]).nodes


def test_explicit_lineage_of_one_dataset_overrides_the_product_for_that_dataset_only() -> None:
    facet = {"lineage": {"inputs": [{"type": "DATASET", "namespace": "demo", "name": "a"}]}}
    outputs = [{"namespace": "demo", "name": "b", "facets": facet}, "d"]
    derived = derive(accumulate([event(inputs="ac", outputs=outputs)]))
    assert names(derived.edges) == {("a", "b"), ("a", "d"), ("c", "d")}


@pytest.mark.parametrize(
    ("facet", "link"),
    [
        (
            {
                "fields": {
                    "m": {
                        "inputFields": [{"namespace": "demo", "name": "a", "field": "e"}],
                        "transformationType": "MASKED",
                    }
                }
            },
            ("e", "m", "DIRECT", "MASKED", True),
        ),
        (
            {
                "fields": {
                    "m": {
                        "inputFields": [
                            {
                                "namespace": "demo",
                                "name": "a",
                                "field": "e",
                                "transformations": [{"type": "INDIRECT", "subtype": "JOIN"}],
                            }
                        ]
                    }
                }
            },
            ("e", "m", "INDIRECT", "JOIN", False),
        ),
        (
            {
                "fields": {},
                "dataset": [
                    {
                        "namespace": "demo",
                        "name": "a",
                        "field": "e",
                        "transformations": [{"type": "INDIRECT", "subtype": "FILTER", "masking": False}],
                    }
                ],
            },
            ("e", "", "INDIRECT", "FILTER", False),
        ),
    ],
    ids=["1-0-0", "1-1-0", "1-2-0 dataset-wide"],
)
def test_column_lineage_of_every_version_is_read(facet: dict[str, Any], link: tuple[Any, ...]) -> None:
    output = {"namespace": "demo", "name": "b", "facets": {"columnLineage": facet}}
    (column,) = derive(accumulate([event(outputs=[output])])).columns
    assert (column.src_field, column.dst_field, *column[4:]) == link


def test_foreign_events_neither_add_to_nor_take_from_what_counts() -> None:
    snapshot = {"jobType": {"emissionPattern": {"eventContentMode": "COMPLETE_SNAPSHOT"}}}
    inside, extra = own_and_foreign(
        [event("COMPLETE", 0), event("COMPLETE", 1, ["evil"], ["b"], foreign=True, job_facets=snapshot)]
    )
    assert inside is not None
    assert names(inside.edges) == {("a", "b")}
    assert extra is not None
    assert names(extra.edges) == {("evil", "b")}


def test_a_symlink_makes_two_names_one_node() -> None:
    facet = {"symlinks": {"identifiers": [{"namespace": "demo", "name": "a", "type": "TABLE"}]}}
    linked = {"namespace": "files", "name": "/lake/a.parquet", "facets": facet}
    content = graph_of([event(inputs=[linked]), event(inputs=["a"], outputs=["c"], run="2")])
    assert {edge[:2] for edge in content.edges} == {("demo/a", "demo/b"), ("demo/a", "demo/c")}
    assert set(content.nodes) == {("demo", "a"), ("demo", "b"), ("demo", "c")}


def test_the_legacy_parent_facet_is_read_and_marked() -> None:
    run = accumulate(
        [event(run_facets={"parentRun": {"job": {"namespace": "demo", "name": "dag"}, "run": {"runId": "x"}}})]
    )
    assert run.parent is not None
    assert run.parent[0] == Name("demo", "dag")
    assert "legacy key parentRun" in run.lenient
