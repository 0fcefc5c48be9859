"""All kinds of event in all versions of the core, and the departures of real producers, each accepted and marked."""

import json
from typing import Any

import pytest

from lineage_app.domain.refusals import LENIENT
from lineage_app.models import Inbox, RawEvent, Run, Tally
from lineage_app.services import project_all
from lineage_app.services.counting import count_all
from tests.conformance.openlineage.examples import CORE_URL, event
from tests.conformance.openlineage.published import CORE
from tests.lineage_app.sending import post

STATES = ("START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER")


@pytest.fixture
def token(world: Any) -> str:
    return world.token("lineage:write", namespaces=("conf*",))


def of_kind(kind: str, version: str) -> dict[str, Any]:
    """An event of that kind with the schemaURL of that version."""
    sent = event(schemaURL=CORE_URL.format(version, kind))
    if kind != "RunEvent":
        del sent["run"], sent["eventType"]
    if kind == "DatasetEvent":
        sent["dataset"] = {"namespace": "conf", "name": "clean", "facets": {}}
        del sent["job"], sent["inputs"], sent["outputs"]
    return sent


@pytest.mark.parametrize("version", CORE.split())
@pytest.mark.parametrize("kind", ["RunEvent", "JobEvent", "DatasetEvent"])
def test_every_kind_in_every_version_is_kept_unmarked_and_projected(token: str, kind: str, version: str) -> None:
    body = json.dumps(of_kind(kind, version))
    assert post(token, body.encode()).status_code == 201
    raw = RawEvent.objects.get()
    assert (raw.body, raw.lenient, raw.kind) == (body, "", kind.removesuffix("Event").lower())
    project_all()
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_run_is_taken(token: str, state: str) -> None:
    assert post(token, event(eventType=state)).status_code == 201
    assert RawEvent.objects.get().lenient == ""


def without(key: str) -> dict[str, Any]:
    sent = event()
    del sent[key]
    return sent


def with_facet(on: str, key: str, facet: Any) -> dict[str, Any]:
    sent = event()
    sent[on]["facets"][key] = facet
    return sent


PARENT = {"run": {"runId": "0199a3c2-7d5e-7000-8000-000000000009"}, "job": {"namespace": "conf", "name": "nightly"}}
DEPARTURES = [
    (without("schemaURL"), "no schemaURL"),
    (without("producer"), "no producer"),
    (event(eventTime="2026-03-01T10:00:00"), "no time zone"),
    (event(eventTime="2026-03-01T10:00:00.123456789Z"), "nanoseconds"),
    (event(eventTime="2026-03-01 10:00:00Z"), "blank in time"),
    (event(eventType="complete"), "eventType in lower case"),
    (event(eventType="SUCCEEDED"), "unknown eventType"),
    (event(run={"runId": "scheduled__2026-03-01"}), "run id is not a UUID"),
    (with_facet("run", "parentRun", PARENT), "legacy key parentRun"),
    (with_facet("job", "sql", {"query": "SELECT 1", "_deleted": None}), "_deleted is null"),
]


@pytest.mark.parametrize(("sent", "mark"), DEPARTURES, ids=lambda part: part if isinstance(part, str) else "")
def test_a_departure_of_real_producers_is_accepted_marked_and_counted(
    token: str, sent: dict[str, Any], mark: str
) -> None:
    body = json.dumps(sent)
    assert post(token, body.encode()).status_code == 201
    raw = RawEvent.objects.get()
    assert (raw.body, raw.lenient) == (body, mark)
    project_all()
    assert Run.objects.get().status in {"COMPLETE", "OTHER"}
    count_all()
    assert dict(Tally.objects.filter(what="lenient").values_list("detail", "count")) == {"": 1, mark: 1}


def test_every_mark_has_a_departure_here_and_a_sentence_on_the_producers_page() -> None:
    assert {mark for _, mark in DEPARTURES} == set(LENIENT)


@pytest.mark.parametrize(
    "time",
    ["2026-03-01T10:00:00+01:00", "2026-03-01T10:00:00.1Z", "2026-03-01T10:00:00.123456Z", "2026-03-01T10:00:00+0100"],
)
def test_times_as_the_specification_has_them_are_not_marked(token: str, time: str) -> None:
    assert post(token, event(eventTime=time)).status_code == 201
    assert RawEvent.objects.get().lenient == ""


@pytest.mark.parametrize("empty", [None, []])
@pytest.mark.parametrize("key", ["inputs", "outputs"])
def test_inputs_and_outputs_may_be_empty_null_or_absent(token: str, key: str, empty: Any) -> None:
    assert post(token, event(**{key: empty})).status_code == 201
    assert post(token, without(key)).status_code == 201
    project_all()
    assert not Inbox.objects.exists()


def test_a_deletion_of_true_removes_the_facet_and_is_not_marked(token: str) -> None:
    post(token, with_facet("job", "sql", {"query": "SELECT 1"}))
    gone = with_facet("job", "sql", {"_deleted": True}) | {"eventTime": "2026-03-01T11:00:00Z"}
    assert post(token, gone).status_code == 201
    project_all()
    assert set(RawEvent.objects.values_list("lenient", flat=True)) == {""}
    assert "sql" not in Run.objects.get().job_facets
