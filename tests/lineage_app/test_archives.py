"""Months beyond retention leave the database for archives, and the graph does not notice."""

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from lineage_app.domain.events import parse
from lineage_app.models import ArchivedSubject, LineageArchive, RawEvent, Run
from lineage_app.selectors import graph_digest
from lineage_app.services import archive_old, archives, due_months, keep, project_all, rebuild
from lineage_app.services.archive_files import ArchiveDamaged, lines_of, path_of
from lineage_app.services.partitions import ensure_partition, partition_of
from lineage_app.services.reading import archived_lines, read_subjects
from portal.core.evidence.models import Entry
from tests.lineage_app.sending import event, post

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OLD, LATER = "2022-03-{:02d}T10:00:00Z", "2022-04-{:02d}T10:00:00Z"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> Any:
    settings.LINEAGE_ARCHIVES = tmp_path / "archives"
    return settings.LINEAGE_ARCHIVES


def at(time: str, **more: Any) -> dict[str, Any]:
    return {**event(**more), "eventTime": time}


def exists(month: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [partition_of(month)])
        return cursor.fetchone()[0] is not None


def digests() -> set[str]:
    return {line.digest for row in LineageArchive.objects.filter(removed_at=None) for line in lines_of(row.digest)}


def test_a_month_beyond_retention_becomes_a_file_named_by_its_digest_and_its_partition_goes(send: Callable) -> None:
    ensure_partition(date(2022, 3, 1))
    sent = [at(OLD.format(day), run=day, inputs=["ä\n"]) for day in range(1, 6)]
    send(*sent, event(run=9))
    before = graph_digest()
    (archive,) = archive_old(NOW)
    assert (archive.month, archive.events, archive.subjects) == (date(2022, 3, 1), 5, 5)
    data = path_of(archive.digest).read_bytes()
    assert archive.digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert archive.size == len(data)
    lines = [json.loads(line) for line in gzip.decompress(data).splitlines()]
    assert sorted((json.loads(line["body"]) for line in lines), key=lambda e: e["eventTime"]) == sent
    assert all(line["digest"] == hashlib.sha256(line["body"].encode()).hexdigest() for line in lines)
    assert {"event_time", "received_at", "token", "foreign", "lenient"} <= set(lines[0])
    assert not exists(date(2022, 3, 1))
    assert RawEvent.objects.count() == 1
    assert graph_digest() == before
    assert Entry.objects.get(kind="lineage:archive:written").payload["digest"] == archive.digest


def test_a_second_run_has_nothing_to_do(send: Callable) -> None:
    send(at(OLD.format(1)))
    assert len(archive_old(NOW)) == 1
    assert archive_old(NOW) == []
    assert due_months(NOW) == []


def test_what_is_younger_than_retention_stays(send: Callable, settings: Any) -> None:
    send(at(OLD.format(1)))
    settings.LINEAGE_RETENTION_DAYS = 365 * 5
    assert archive_old(NOW) == []
    settings.LINEAGE_RETENTION_DAYS = (NOW - datetime(2022, 4, 1, tzinfo=UTC)).days
    assert [row.month for row in archive_old(NOW)] == [date(2022, 3, 1)]


def test_equal_events_give_equal_bytes_in_whatever_order_they_came(token: str, folder: Any) -> None:
    found = []
    events = [at(OLD.format(day), run=run) for day in (1, 2) for run in (1, 2, 3)]
    for order in (events, events[::-1]):
        for each in order:
            body = json.dumps(each).encode()
            keep(parse(body), body, token=_Token(), at=NOW)
        found += [row.digest for row in archive_old(NOW)]
        LineageArchive.objects.all().delete()
    assert len(found) == 2
    assert found[0] == found[1]


class _Token:
    pk = 1

    def covers(self, namespace: str) -> bool:
        return True


def test_rebuild_reads_archives(send: Callable) -> None:
    send(
        *(at(OLD.format(day), run=day, inputs=[f"in{day}"]) for day in range(1, 9)),
        at(LATER.format(1), run=3, outputs=["late"]),
        event(run=4),
    )
    before = graph_digest()
    assert len(archive_old(NOW)) == 2
    assert rebuild() == 8
    assert graph_digest() == before
    assert rebuild() == 8


def test_a_late_event_of_an_archived_run_is_added_to_what_the_archive_says(token: str, send: Callable) -> None:
    send(at(OLD.format(30), kind="START", run=1, inputs=["a"], outputs=[]))
    archive_old(NOW)
    send(at(LATER.format(1), run=1, inputs=[], outputs=["b"]))
    run = Run.objects.get()
    assert (run.events, run.io.count(), run.edges.count()) == (2, 2, 1)


def test_an_archived_event_that_comes_again_is_accepted_and_counts_once(token: str, send: Callable) -> None:
    sent = at(OLD.format(30), run=1)
    send(sent)
    before = graph_digest()
    archive_old(NOW)
    assert post(token, sent).status_code == 201
    project_all()
    assert Run.objects.get().events == 1
    assert graph_digest() == before
    RawEvent.objects.update(received_at=NOW)
    assert archive_old(NOW + timedelta(days=29)) == []
    (archive,) = archive_old(NOW + timedelta(days=30))
    assert archive.events == 1
    assert RawEvent.objects.count() == 0
    assert graph_digest() == before


def test_late_events_join_their_months_archive_and_the_replaced_file_goes(send: Callable, folder: Any) -> None:
    send(at(OLD.format(1), run=1), at(OLD.format(2), run=2))
    (first,) = archive_old(NOW)
    replaced = first.digest
    send(at(OLD.format(3), run=3), at(OLD.format(3), run=1, kind="RUNNING"))
    RawEvent.objects.update(received_at=NOW)
    (second,) = archive_old(NOW + timedelta(days=31))
    assert (second.pk, second.events, second.subjects) == (first.pk, 4, 3)
    assert [path.name for path in folder.iterdir()] == [path_of(second.digest).name]
    entry = Entry.objects.get(kind="lineage:archive:rewritten")
    assert (entry.payload["replaced"], entry.payload["digest"]) == (replaced, second.digest)
    before = graph_digest()
    rebuild()
    assert graph_digest() == before


def test_a_foreign_event_that_comes_again_by_its_owner_after_archiving_is_own(world: Any) -> None:
    sent = at(OLD.format(1), run=1)
    post(world.token("lineage:write", namespaces=("other*",)), sent)
    project_all()
    assert Run.objects.get().is_foreign
    archive_old(NOW)
    post(world.token("lineage:write", namespaces=("demo*",)), sent)
    project_all()
    assert not Run.objects.get().is_foreign
    RawEvent.objects.update(received_at=NOW)
    archive_old(NOW + timedelta(days=31))
    rebuild()
    assert not Run.objects.get().is_foreign


def test_a_subject_over_several_members_of_the_file_is_read_whole(send: Callable, monkeypatch: Any) -> None:
    from lineage_app.domain import archive

    monkeypatch.setattr(archive, "MEMBER_BYTES", 700)
    send(*(at(OLD.format(day), run=run, kind="RUNNING") for day in range(1, 9) for run in (1, 2, 3)))
    archive_old(NOW)
    subjects = list(ArchivedSubject.objects.values_list("subject", flat=True))
    assert len(subjects) == 3
    assert {len(events) for events in read_subjects(subjects).values()} == {8}
    assert [len(events) for events in read_subjects(subjects[:1]).values()] == [8]


def test_reading_subjects_that_are_not_archived_costs_one_indexed_query(
    send: Callable, django_assert_num_queries: Any
) -> None:
    send(event())
    subject = Run.objects.get().subject
    with django_assert_num_queries(1):
        assert list(archived_lines([subject])) == []


def test_a_damaged_archive_is_said_and_not_read_around(send: Callable) -> None:
    send(at(OLD.format(1)))
    (archive,) = archive_old(NOW)
    path = path_of(archive.digest)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ArchiveDamaged, match="restore"):
        list(lines_of(archive.digest))
    path.unlink()
    with pytest.raises(ArchiveDamaged, match="no file"):
        read_subjects([Run.objects.get().subject])


def test_a_month_that_changes_while_it_is_written_is_written_again(
    token: str, send: Callable, monkeypatch: Any
) -> None:
    send(at(OLD.format(1), run=1))
    real, late = archives._written, [at(OLD.format(2), run=2)]

    def disturbed(*args: Any) -> Any:
        written = real(*args)
        while late:
            post(token, late.pop())
        return written

    monkeypatch.setattr(archives, "_written", disturbed)
    (archive,) = archive_old(NOW)
    assert archive.events == 2
    assert RawEvent.objects.count() == 0
    assert len(digests()) == 2


def test_the_command_says_what_it_would_do_and_then_does_it(send: Callable, capsys: Any) -> None:
    send(at(OLD.format(1)))
    call_command("lineage_archive", dry_run=True)
    assert "2022-03: 1 events would be archived" in capsys.readouterr().out
    assert LineageArchive.objects.count() == 0
    call_command("lineage_archive")
    assert "1 months archived" in capsys.readouterr().out
