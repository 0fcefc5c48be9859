"""The events behind a window, taken out as NDJSON and kept elsewhere, make the same window again."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from lineage_app.models import Dataset, Job, RawEvent
from lineage_app.services import project_all
from tests.lineage_app.sending import RUN_ID, event, post


def asked(world: Any, kind: str, pk: int, form: str, who: str = "ana", **query: Any) -> Any:
    return world.client(who).get(reverse(f"lineage:{kind}-export", args=[pk, form]), query)


def shape(world: Any, kind: str, pk: int, **query: Any) -> Any:
    """The window by names, without the numbers that another database gives."""
    data = asked(world, kind, pk, "window.json", **query).json()
    names = {node["key"]: (node["role"], node["namespace"], node["name"]) for node in data["nodes"]}
    edges = [
        (names[e["from"]], names[e["to"]], e["state"], tuple(e["jobs"]), e["foreign"], e["last_seen"])
        for e in data["edges"]
    ]
    states = [(names[node["key"]], node["state"], node["distance"], node["layer"]) for node in data["nodes"]]
    return sorted(edges), sorted(states, key=str)


def lines_of(answer: Any) -> list[bytes]:
    return b"".join(answer.streaming_content).splitlines()


def empty() -> None:
    """Forget everything of lineage."""
    for model in reversed(list(apps.get_app_config("lineage_app").get_models())):
        model.objects.all().delete()


@pytest.fixture
def estate(send: Any) -> None:
    parent = {"parent": {"job": {"namespace": "demo", "name": "nightly"}, "run": {"runId": RUN_ID.format(90)}}}
    alias = {"symlinks": {"identifiers": [{"namespace": "demo_s3", "name": "b", "type": "LOCATION"}]}}
    send(
        *(event(inputs=["a"], outputs=[{"namespace": "demo", "name": "b", "facets": alias}], run=n, minute=n)
          for n in range(1, 6)),
        event(inputs=[{"namespace": "demo_s3", "name": "b"}], outputs=["c"], run=10, job="nightly.sql.1", minute=20,
              run_facets=parent),
        event("FAIL", inputs=["b"], outputs=["f"], run=11, job="broken", minute=21),
        event("STATIC", inputs=["b"], outputs=["e"], job="declared", minute=22),
        event(inputs=["b"], outputs=[], run=12, job="dashboard", minute=23),
        event(inputs=["far"], outputs=["farther"], run=13, job="elsewhere", minute=24),
    )  # fmt: skip


@pytest.mark.parametrize("query", [{}, {"jobs": "1"}, {"jobs": "1", "parts": "1", "down": 2}, {"group": "layer"}])
def test_the_events_behind_a_window_make_the_same_window_elsewhere(
    world: Any, token: str, estate: None, query: dict[str, Any]
) -> None:
    pk = Dataset.objects.get(namespace="demo", name="b").root_pk
    before = shape(world, "dataset", pk, **query)
    lines = lines_of(asked(world, "dataset", pk, "events.ndjson", **query))
    assert 4 <= len(lines) < RawEvent.objects.count()
    empty()
    for line in lines:
        assert post(token, line).status_code == 201
    project_all()
    assert not Dataset.objects.filter(name="far").exists()
    again = Dataset.objects.get(namespace="demo", name="b").root_pk
    assert shape(world, "dataset", again, **query) == before


def test_a_job_and_every_run_of_a_window_can_be_taken_out(world: Any, estate: None) -> None:
    job = Job.objects.get(name="load")
    told = [json.loads(line) for line in lines_of(asked(world, "job", job.pk, "events.ndjson"))]
    assert [each["run"]["runId"] for each in told if each["job"]["name"] == "load"] == [RUN_ID.format(5)]
    pk = Dataset.objects.get(namespace="demo", name="a").pk
    newest, every = (lines_of(asked(world, "dataset", pk, "events.ndjson", **query)) for query in ({}, {"runs": "all"}))
    assert len({json.loads(line)["run"]["runId"] for line in every}) == 5
    assert len({json.loads(line)["run"]["runId"] for line in newest}) == 1


def test_only_who_may_takes_raw_events_out(world: Any, estate: None) -> None:
    pk = Dataset.objects.get(namespace="demo", name="a").pk
    refused = asked(world, "dataset", pk, "events.ndjson", who="cleo")
    assert refused.status_code == 403
    assert b"take raw lineage events out" in refused.content
    assert "events.ndjson" not in world.client("cleo").get(reverse("lineage:dataset", args=[pk])).content.decode()


def columns(*names: str, kind: str = "int") -> dict[str, Any]:
    fields = [{"name": name, "type": kind} for name in names]
    return {"namespace": "demo", "name": "b", "facets": {"schema": {"fields": fields}}}


def test_the_history_tells_versions_and_how_columns_changed(world: Any, send: Any) -> None:
    version = {"version": {"datasetVersion": "v7"}}
    last = columns("id", "mail", kind="text")
    last["facets"] |= version
    send(
        event(outputs=[columns("id", "old")], run=1, minute=1),
        event(outputs=[columns("id", "old")], run=2, minute=2),
        event(outputs=[last], run=3, minute=3),
    )
    pk = Dataset.objects.get(name="b").pk
    html = world.client("cleo").get(reverse("lineage:history", args=[pk])).content.decode()
    assert "3 writings" in html
    assert "v7" in html
    changes = html.split('id="schema"')[1]
    assert changes.count("<tr>") == 3  # the head, the change and the first telling
    assert ">mail<" in changes
    assert ">old<" in changes
    assert "id: int → text" in changes
