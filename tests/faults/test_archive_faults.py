"""A process that archives or redacts lineage is killed at every step: nothing is lost, the next run finishes."""

import json
import signal
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lineage_app.domain.events import parse
from lineage_app.models import ArchivedSubject, LineageArchive, RawEvent
from lineage_app.selectors import graph_digest
from lineage_app.services import archive_old, ensure_partitions, keep, mentions, project_all, rebuild
from lineage_app.services.archive_files import lines_of
from lineage_app.services.partitions import ensure_partition
from portal.core.evidence.models import Entry
from tests.faults import dying
from tests.lineage_app.sending import event

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DEATHS = [
    ("after", "ensure_partition"),
    ("before", "_sync"),
    ("after", "write"),
    ("before", "save_index"),
    ("after", "save_index"),
    ("after", "_lock"),
    ("after", "drop_partition"),
    ("before", "sweep_files"),
]
DEATHS_OF_REDACTION = [
    ("before", "_save"),
    ("after", "redact_events"),
    ("after", "write"),
    ("after", "save_index"),
    ("before", "sweep_files"),
    ("before", "_update"),
    ("after", "redact_tables"),
    ("after", "_rename"),
    ("before", "rederive"),
    ("after", "_settle_some"),
    ("before", "_conclude"),
]


def worker(work: str, folder: Path, when: str = "", name: str = "") -> int:
    code, said = dying.run("dying_archiver", folder, work, when, name)
    assert code in (0, -signal.SIGKILL), said
    dying.wait_for_its_session()
    return code


class Token:
    pk = 1

    def covers(self, namespace: str) -> bool:
        return True


def send(*events: dict) -> None:
    for each in events:
        body = json.dumps(each).encode()
        keep(parse(body), body, token=Token(), at=NOW)
    project_all()


def kept() -> list[str]:
    """The digests of all events, in the database and in the archives."""
    raw = [bytes(digest).hex() for digest in RawEvent.objects.values_list("body_sha256", flat=True)]
    archived = [line.digest for row in LineageArchive.objects.all() for line in lines_of(row.digest)]
    return sorted(raw + archived)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("odd", [False, True], ids=["own partition", "default partition"])
def test_no_event_is_lost_wherever_the_archiver_is_killed(settings, tmp_path, odd):
    settings.LINEAGE_ARCHIVES = tmp_path / "archives"
    if not odd:
        ensure_partition(date(2022, 3, 1))
    try:
        send(*({**event(run=run, inputs=[f"in{run}"]), "eventTime": "2022-03-01T10:00:00Z"} for run in range(40)))
        events, graph = kept(), graph_digest()
        for when, name in DEATHS:
            assert worker("archive", settings.LINEAGE_ARCHIVES, when, name) == -signal.SIGKILL, name
            assert kept() == events
            rebuild()
            assert graph_digest() == graph
        assert worker("archive", settings.LINEAGE_ARCHIVES) == 0
        assert kept() == events
        assert RawEvent.objects.count() == 0
        assert len(list(settings.LINEAGE_ARCHIVES.iterdir())) == LineageArchive.objects.count() == 1
        assert ArchivedSubject.objects.count() == 40
        assert Entry.objects.filter(kind="lineage:archive:written").count() == 1
        rebuild()
        assert graph_digest() == graph
    finally:
        ensure_partitions(NOW)


@pytest.mark.django_db(transaction=True)
def test_a_redaction_is_finished_by_the_next_run_wherever_it_was_killed(settings, tmp_path):
    settings.LINEAGE_ARCHIVES = tmp_path / "archives"
    mail = "ana.muster@example.com"
    facets = {"sql": {"query": f"select '{mail}'"}}
    try:
        for year in (2022, 2026):
            named = {**event(run=1, job=f"of {mail}", inputs=[f"in {mail}"]), "run": {"runId": f"{mail} in {year}"}}
            sent = [named, *(event(run=10 + run, job_facets=facets) for run in range(4))]
            send(*({**each, "eventTime": f"{year}-03-01T10:00:00Z"} for each in sent))
        archive_old(NOW)
        for when, name in DEATHS_OF_REDACTION:
            assert worker("redact", settings.LINEAGE_ARCHIVES, when, name) == -signal.SIGKILL, name
        assert worker("redact", settings.LINEAGE_ARCHIVES) == 0
        assert mentions([mail]).total == 0
        assert len(kept()) == 10
        graph = graph_digest()
        rebuild()
        assert graph_digest() == graph
        assert len(list(settings.LINEAGE_ARCHIVES.iterdir())) == 1
    finally:
        ensure_partitions(NOW)
