"""Strategies for events of every kind that moves the graph: runs, static ones, foreign, joined, explicit, renamed."""

from typing import Any

from hypothesis import strategies as st

from tests.lineage_app.sending import event

SNAPSHOT = {"jobType": {"emissionPattern": {"eventContentMode": "COMPLETE_SNAPSHOT"}}}
STREAMING = {"jobType": {"processingType": "STREAMING"}}
PARENT = {"parent": {"job": {"namespace": "demo", "name": "dag"}, "run": {"runId": "x"}}}


def dataset(name: str, **facets: Any) -> dict[str, Any]:
    return {"namespace": "demo", "name": name, "facets": facets}


def symlinks(*others: str) -> dict[str, Any]:
    return {"identifiers": [{"namespace": "demo", "name": other, "type": "TABLE"} for other in others]}


def columns(**fields: str) -> dict[str, Any]:
    source = {"namespace": "demo", "name": "a"}
    return {"fields": {out: {"inputFields": [{**source, "field": field}]} for out, field in fields.items()}}


def entry(kind: str, name: str, *inputs: tuple[str, str]) -> dict[str, Any]:
    sources = [{"type": source, "namespace": "demo", "name": other} for source, other in inputs]
    return {"type": kind, "namespace": "demo", "name": name, "inputs": sources}


EXPLICIT = {
    "lineage": {
        "entries": [
            entry("DATASET", "b", ("DATASET", "a"), ("JOB", "train")),
            entry("JOB", "load", ("DATASET", "c"), ("JOB", "train")),
        ]
    }
}
INFLUENCE = {
    "fields": {},
    "dataset": [{"namespace": "demo", "name": "c", "field": "day", "transformations": [{"type": "INDIRECT"}]}],
}
DATASETS = [
    *"abcde",
    dataset("a", symlinks=symlinks("z")),
    dataset("z", symlinks=symlinks("c")),
    dataset("a", symlinks=symlinks()),
    dataset("a", symlinks={"_deleted": True}),
    dataset("b", columnLineage=columns(mail="email"), schema={"fields": [{"name": "mail"}]}),
    dataset("b", columnLineage=columns(mail="email", day="day")),
    dataset("d", columnLineage=INFLUENCE),
    dataset("d", lineage={"inputs": [{"type": "DATASET", "namespace": "demo", "name": "e"}]}),
    dataset("e", version={"datasetVersion": "7"}),
    dataset("e", lifecycleStateChange={"lifecycleStateChange": "DROP"}),
    dataset(
        "c",
        lifecycleStateChange={
            "lifecycleStateChange": "RENAME",
            "previousIdentifier": {"namespace": "demo", "name": "b"},
        },
    ),
]
some_datasets = st.lists(st.sampled_from(DATASETS), max_size=3)
run_events = st.builds(
    event,
    st.sampled_from(["START", "RUNNING", "COMPLETE", "COMPLETE", "FAIL", "ABORT", "OTHER", "STATIC"]),
    minute=st.integers(0, 3),
    inputs=some_datasets,
    outputs=some_datasets,
    run=st.integers(0, 3),
    job=st.sampled_from(["load", "train"]),
    namespace=st.sampled_from(["demo", "demo", "demo", "other"]),
    job_facets=st.sampled_from([{}, {}, SNAPSHOT, STREAMING, EXPLICIT, {"jobType": {"_deleted": True}}]),
    run_facets=st.sampled_from([{}, PARENT]),
)


def about_a_dataset(item: Any, minute: int) -> dict[str, Any]:
    """A DatasetEvent."""
    said = item if isinstance(item, dict) else dataset(item)
    return {"eventTime": f"2026-03-01T10:{minute:02d}:00Z", "producer": "p", "schemaURL": "s", "dataset": said}


any_event = st.one_of(
    run_events, run_events, run_events, st.builds(about_a_dataset, st.sampled_from(DATASETS), st.integers(0, 3))
)
