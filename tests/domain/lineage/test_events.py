"""Events as real producers send them are read, and marked where they depart from the specification."""

import json
from datetime import UTC, datetime

import pytest

from lineage_app.domain.events import EventRefused, Kind, parse
from lineage_app.domain.names import NAME_CHARACTERS, Name

RUN = {
    "eventTime": "2026-03-01T10:00:00Z",
    "eventType": "COMPLETE",
    "producer": "https://pipelines.example/1",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "0199a3c2-7d5e-7000-8000-000000000001"},
    "job": {"namespace": "demo", "name": "load"},
    "inputs": [{"namespace": "demo", "name": "a"}],
    "outputs": [{"namespace": "demo", "name": "b"}],
}


def body(**changes: object) -> bytes:
    event = {**RUN, **changes}
    return json.dumps({key: value for key, value in event.items() if value is not ...}).encode()


def test_a_complete_event_is_read_without_a_mark() -> None:
    event = parse(body())
    assert (event.kind, event.type, event.job_name) == (Kind.RUN, "COMPLETE", Name("demo", "load"))
    assert event.time == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert event.lenient == ()


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        ({"schemaURL": ...}, "no schemaURL"),
        ({"producer": ...}, "no producer"),
        ({"eventTime": "2026-03-01T10:00:00"}, "no time zone"),
        ({"eventTime": "2026-03-01T10:00:00.123456789Z"}, "nanoseconds"),
        ({"run": {"runId": "nightly-42"}}, "run id is not a UUID"),
        ({"eventType": "complete"}, "eventType in lower case"),
        ({"eventType": "PAUSED"}, "unknown eventType"),
    ],
)
def test_what_real_producers_get_wrong_is_accepted_and_marked(changes: dict[str, object], mark: str) -> None:
    assert parse(body(**changes)).lenient == (mark,)


@pytest.mark.parametrize("missing", ["eventType", "inputs", "outputs"])
def test_optional_fields_may_be_missing_or_null(missing: str) -> None:
    assert parse(body(**{missing: ...})).lenient == parse(body(**{missing: None})).lenient == ()


def test_the_kind_is_told_by_shape_even_when_schema_url_lies() -> None:
    lie = {"schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"}
    assert parse(body(run=..., **lie)).kind is Kind.JOB
    dataset = {"dataset": {"namespace": "demo", "name": "a"}, "run": ..., "job": ..., "inputs": ..., "outputs": ...}
    assert parse(body(**dataset, **lie)).kind is Kind.DATASET


def test_the_same_odd_run_id_always_means_the_same_run_and_two_of_them_two_runs() -> None:
    first, again, other = (parse(body(run={"runId": text})).subject for text in ("x-1", "x-1", "x-2"))
    assert first == again != other


def test_unknown_facets_and_unknown_fields_are_no_reason_to_refuse() -> None:
    run = {**RUN["run"], "facets": {"airflow": {"anything": [1, {"deep": None}]}}}
    assert parse(body(run=run, somethingNew={"a": 1})).lenient == ()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b'{"eventTime": "2026', "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[]", "Expected `object`"),
        (b"{}", "eventTime"),
        (body(eventTime="yesterday"), "not a time"),
        (body(eventTime="2026-02-30T10:00:00Z"), "not a time"),
        (body(eventTime="2026-03-01T10:00:00+25:00"), "not a time"),
        (body(job={"namespace": "demo", "name": 7}), r"\$\.job\.name"),
        (body(job={"namespace": "demo", "name": ""}), "empty name"),
        (body(inputs=[{"namespace": "demo"}]), "name"),
        (body(job={"namespace": "demo", "name": "x" * (NAME_CHARACTERS + 1)}), "shorten"),
        (body(run=..., job=..., inputs=..., outputs=...), "neither job nor dataset"),
        (b'{"eventTime": ' + b"[" * 20_000, "JSON|fit"),
    ],
)
def test_what_cannot_be_placed_is_refused_with_where_and_what_to_do(sent: bytes, sentence: str) -> None:
    with pytest.raises(EventRefused, match=sentence):
        parse(sent)
