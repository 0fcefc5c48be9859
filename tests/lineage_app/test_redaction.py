"""An erasure leaves no identifier in lineage's tables and archives, and the graph stays what its events say."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from lineage_app.domain.events import body_digest
from lineage_app.domain.redaction import IdentifierRefused
from lineage_app.models import (
    ArchivedSubject,
    Dataset,
    DatasetLink,
    Inbox,
    Job,
    LineageArchive,
    RawEvent,
    RedactionRecord,
    RefusedEvent,
    Run,
)  # fmt: skip
from lineage_app.selectors import graph_digest
from lineage_app.services import archive_old, mentions, project_all, rebuild, redact
from lineage_app.services.archive_files import lines_of, path_of
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event, post

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACTOR = system_actor("tests")
ANA, NAME, NUMBER = "ana.muster@example.com", "Ana Müster", "47110815"
PERSON = [ANA, NAME, NUMBER]
REFERENCE = "DEL-2026-11-23-0001"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> Any:
    settings.LINEAGE_ARCHIVES = tmp_path / "archives"
    return settings.LINEAGE_ARCHIVES


def named(name: str, **facets: Any) -> dict[str, Any]:
    return {"namespace": "demo", "name": name, "facets": facets}


def columns(source: str, field: str) -> dict[str, Any]:
    feeding = {"namespace": "demo", "name": source, "field": field, "transformations": [{"type": "DIRECT"}]}
    return {"fields": {f"of_{field}": {"inputFields": [feeding]}}}


def links(*names: str) -> dict[str, Any]:
    return {"identifiers": [{"namespace": "demo", "name": name, "type": "TABLE"} for name in names]}


def everywhere(time: str = "2026-03-01T10:{:02d}:00Z", first: int = 1) -> list[dict[str, Any]]:
    """Events that name Ana in every place of an event that reaches a table, among events that do not."""
    sql = {"sql": {"query": f"select * from t where mail = '{ANA.upper()}' or id = {NUMBER}"}}
    error = {"errorMessage": {"message": "no such user ana.muster%40example.com", "stackTrace": f'"{NAME}"'}}
    parameters = {
        "executionParameters": {"parameters": [{"name": "who", "value": f"id={NUMBER}"}]},
        "n": {"i": 47110815},
    }
    parent = {"parent": {"run": {"runId": f"dag of {ANA}"}, "job": {"namespace": "demo", "name": f"dag {NAME}"}}}
    events = [
        event(run=first, job_facets=sql, run_facets=error),
        event(run=first + 1, run_facets=parameters | parent, inputs=[named(f"s3/{ANA}/in")], outputs=["b"]),
        event(run=first + 2, job=f"export {ANA}", outputs=[named("b", documentation={"description": f"of {NAME}"})]),
        event(run=first + 3, outputs=[named("c", columnLineage=columns("a", f"col_{NUMBER}_x"))]),
        event(run=first + 4, outputs=[named("d", symlinks=links(f"twin of {ANA}"), version={"datasetVersion": ANA})]),
        event(kind="STATIC", job=f"static {ANA}"),
        {**event(run=first + 5), "run": {"runId": f"export-{ANA}-2026"}},
        {
            **event(run=first + 6),
            "run": {"runId": f"export-{ANA}-2027"},
            "inputs": [named("x")],
            "outputs": [named("y")],
        },
        {"eventTime": "", "dataset": named(f"lake/{NAME}", tags={"tags": [{"key": ANA, "value": NUMBER}]})},
        event(run=first + 7, inputs=["innocent"], outputs=["b"], job_facets={"sql": {"query": "select 147110815"}}),
    ]
    return [{**each, "eventTime": time.format(place)} for place, each in enumerate(events)]


def everything() -> str:
    """All text of all tables of lineage, and of all archives, decoded and folded."""
    parts = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'lineage\\_app\\_%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            parts += [row for (row,) in cursor.fetchall()]
    for archive in LineageArchive.objects.filter(removed_at=None):
        parts += [repr(line) for line in lines_of(archive.digest)]
    return "\n".join(parts).casefold()


def holds_ana(text: str) -> list[str]:
    tokens = [ANA, "ana.muster%40example", "ana.muster\\u0040", NAME.casefold(), "m\\u00fcster", "m\\xfcster", NUMBER]
    return [each for each in tokens if each in text.replace("147110815", "")]


def test_no_identifier_is_left_in_any_table_or_archive_and_the_graph_is_as_after_a_rebuild(
    token: str, send: Callable
) -> None:
    send(*everywhere("2022-03-01T10:{:02d}:00Z", first=1), *everywhere(first=21))
    Inbox.objects.create(raw_id=1, subject=UUID(int=1), failed_at=NOW, error=f"KeyError: {ANA}")
    assert post(token, {**event(), "eventTime": ANA, "producer": f"https://p.example/{ANA}"}).status_code == 400
    assert post(token, f'{{"broken": "{NAME}'.encode("utf-16")).status_code == 400
    foreign = {**event(run=99), "producer": f"of {ANA}", "inputs": [{"namespace": f"s3://{ANA}", "name": "x"}]}
    assert post(token, foreign).status_code == 201
    assert RefusedEvent.objects.count() == 2
    archive_old(NOW)
    assert len(holds_ana(everything())) >= 4
    found = mentions(PERSON)
    assert (found.events, found.archived) == (10, 9)
    assert found.rows > 10

    done = redact(PERSON, actor=ACTOR, reference=REFERENCE)

    assert (done.events, done.archives) == (19, 1)
    assert holds_ana(everything()) == []
    assert mentions(PERSON).total == 0
    after = graph_digest()
    rebuild()
    assert graph_digest() == after
    assert holds_ana(everything()) == []


def test_what_names_nobody_is_untouched(send: Callable) -> None:
    send(*everywhere())
    innocent = RawEvent.objects.get(body__contains="innocent")
    redact(PERSON, actor=ACTOR, reference=REFERENCE)
    again = RawEvent.objects.get(body__contains="innocent")
    assert (again.body, again.subject, again.body_sha256) == (innocent.body, innocent.subject, innocent.body_sha256)
    assert Run.objects.get(subject=innocent.subject).job_facets == {"sql": {"query": "select 147110815"}}


def test_the_edges_stay_under_the_redacted_names_and_two_runs_never_become_one(send: Callable) -> None:
    send(*everywhere())
    runs, pages = Run.objects.count(), {row.pk for row in Dataset.objects.all()}
    redact(PERSON, actor=ACTOR, reference=REFERENCE)
    assert Run.objects.count() == runs
    assert {row.pk for row in Dataset.objects.all()} == pages, "names change in place, so that pages stay"
    assert Dataset.objects.get(name="s3/[redacted]/in").out_edges.get().dst.name == "b"
    assert Job.objects.get(name="export [redacted]").runs.count() == 1
    assert DatasetLink.objects.get().other.name == "twin of [redacted]"
    child = Run.objects.get(job_facets={}, facets__has_key="parent")
    assert str(child.parent_run) == child.facets["parent"]["run"]["runId"]


def test_names_that_become_equal_become_one_dataset(send: Callable) -> None:
    send(
        event(run=1, inputs=[named(f"in/{ANA}", schema={"fields": [{"name": "x"}]})], outputs=["b"]),
        event(run=2, inputs=[f"in/{NAME}"], outputs=["c"]),
        event(run=3, inputs=[named("z", symlinks=links(f"in/{NAME}"))], outputs=["c"], job=f"job {ANA}"),
        event(run=4, job=f"job {NAME}"),
    )
    redact(PERSON, actor=ACTOR, reference=REFERENCE)
    joined = Dataset.objects.get(name="in/[redacted]")
    assert {edge.dst.name for edge in joined.out_edges.all()} == {"b", "c"}
    assert joined.joined.get().name == "z"
    assert Job.objects.get(name="job [redacted]").runs.count() == 2
    after = graph_digest()
    rebuild()
    assert graph_digest() == after
    assert mentions(PERSON).total == 0


def test_a_second_call_finds_nothing_and_tells_the_ledger_nothing(send: Callable) -> None:
    send(*everywhere())
    redact(PERSON, actor=ACTOR, reference=REFERENCE)
    assert redact(PERSON, actor=ACTOR, reference=REFERENCE) == (0, 0, 0, 0)
    assert Entry.objects.filter(kind="lineage:events:redacted").count() == 1


def test_a_producers_retry_is_known_and_does_not_bring_the_identifier_back(token: str, send: Callable) -> None:
    sent = everywhere()
    send(*sent)
    redact(PERSON, actor=ACTOR, reference=REFERENCE)
    count = RawEvent.objects.count()
    for each in sent:
        assert post(token, each).status_code == 201
    project_all()
    assert RawEvent.objects.count() == count
    assert holds_ana(everything()) == []


def test_a_retry_of_what_is_redacted_in_an_archive_does_not_bring_it_back_either(token: str, send: Callable) -> None:
    sent = everywhere("2022-03-01T10:{:02d}:00Z")
    send(*sent)
    archive_old(NOW)
    redact(PERSON, actor=ACTOR, reference=REFERENCE)
    for each in sent:
        assert post(token, each).status_code == 201
    project_all()
    assert RawEvent.objects.count() == 1, "the one that names nobody waits to be merged"
    RawEvent.objects.update(received_at=NOW)
    archive_old(NOW.replace(year=2027))
    assert holds_ana(everything()) == []
    assert LineageArchive.objects.get().events == len(sent)


def test_events_that_were_redacted_before_are_archived_as_they_are_now(send: Callable) -> None:
    send(*everywhere("2022-03-01T10:{:02d}:00Z"))
    redact(PERSON, actor=ACTOR, reference=REFERENCE)
    before = graph_digest()
    (archive,) = archive_old(NOW)
    assert sum(bool(line.redacted) for line in lines_of(archive.digest)) == 9
    assert holds_ana(everything()) == []
    rebuild()
    assert graph_digest() == before


def test_a_rewritten_archive_replaces_the_old_file_and_the_ledger_links_both(send: Callable, folder: Any) -> None:
    send(*everywhere("2022-03-01T10:{:02d}:00Z"))
    (archive,) = archive_old(NOW)
    old = archive.digest
    redact(PERSON, actor=ACTOR, reference=REFERENCE)
    archive.refresh_from_db()
    assert archive.digest != old
    entry = Entry.objects.get(kind="lineage:archive:rewritten")
    assert (entry.payload["replaced"], entry.payload["digest"]) == (old, archive.digest)
    assert archive.events == 10
    assert ArchivedSubject.objects.filter(archive=archive).count() == archive.subjects
    assert path_of(archive.digest).exists()


def test_the_ledger_the_records_and_the_log_get_counts_and_the_reference_only(send: Callable, caplog: Any) -> None:
    send(*everywhere())
    said: list[str] = []
    redact(PERSON, actor=ACTOR, reference=REFERENCE, said=said.append)
    entry = Entry.objects.get(kind="lineage:events:redacted")
    assert {key: entry.payload[key] for key in ("reference", "events", "archives")} == {
        "reference": REFERENCE, "events": 9, "archives": 0,
    }  # fmt: skip
    assert RedactionRecord.objects.filter(reference=REFERENCE, subject=None).count() == 9
    told = caplog.text + "".join(said) + json.dumps(entry.payload) + entry.sentence
    assert holds_ana(told.casefold()) == []


def test_records_hold_the_digests_of_before_and_after(send: Callable) -> None:
    send(event(job_facets={"q": {"of": ANA}}))
    before = bytes(RawEvent.objects.get().body_sha256)
    redact([ANA], actor=ACTOR, reference=REFERENCE)
    kept = RedactionRecord.objects.get()
    raw = RawEvent.objects.get()
    assert bytes(kept.original) == before == bytes(raw.body_sha256)
    assert bytes(kept.redacted) == body_digest(raw.body.encode())


def test_an_identifier_that_cannot_be_searched_for_is_refused_before_anything_is_done(send: Callable) -> None:
    with pytest.raises(IdentifierRefused):
        redact(["x"], actor=ACTOR, reference=REFERENCE)
    with pytest.raises(ValueError, match="reference") as refused:
        redact([ANA], actor=ACTOR, reference=f"for {ANA}")
    assert ANA not in str(refused.value)


def test_the_command_takes_identifiers_from_standard_input_only(send: Callable, monkeypatch: Any) -> None:
    send(*everywhere())
    out = StringIO()
    monkeypatch.setattr("sys.stdin", StringIO(f"{ANA}\n\n{NAME}\n{NUMBER}\n"))
    call_command("lineage_redact", reference=REFERENCE, stdout=out)
    assert "9 events" in out.getvalue()
    assert holds_ana(out.getvalue().casefold()) == []
    assert mentions(PERSON).total == 0
    monkeypatch.setattr("sys.stdin", StringIO(f"{ANA}\n"))
    out = StringIO()
    call_command("lineage_redact", reference=REFERENCE, count=True, stdout=out)
    assert "0 events" in out.getvalue()
    monkeypatch.setattr("sys.stdin", StringIO("\n"))
    with pytest.raises(CommandError, match="at least one"):
        call_command("lineage_redact", reference=REFERENCE)
