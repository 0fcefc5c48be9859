"""A deletion reaches the portal's own lineage: events that name the subject are redacted, shown and proved."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lineage_app.domain.events import parse
from lineage_app.models import LineageArchive, RawEvent, RedactionRecord, Run
from lineage_app.services import archive_old, archives, keep, mentions, project_all
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from privacy_app import tasks
from privacy_app.domain.request import State
from tests.lineage_app.sending import event

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Token:
    pk = 1

    def covers(self, namespace: str) -> bool:
        return True


def plant(email: str, time: str, run: int) -> None:
    sql = {"sql": {"query": f"delete from carts where mail = '{email}'"}}
    body = json.dumps({**event(run=run, job_facets=sql), "eventTime": time}).encode()
    keep(parse(body), body, token=Token(), at=NOW)
    project_all()


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.LINEAGE_ARCHIVES = tmp_path / "archives"


def test_lineage_events_that_name_the_subject_are_redacted_and_the_proof_says_so(drive, four, world):
    plant(four.email, "2022-03-01T10:00:00Z", 1)
    plant(four.email.upper(), "2026-03-01T10:00:00Z", 2)
    plant("somebody.else@example.com", "2026-03-01T10:00:00Z", 3)
    archive_old(NOW)
    request = drive.work(drive.approved())
    assert request.state == State.COMPLETED
    assert mentions([four.email]).total == 0
    assert RawEvent.objects.filter(body__contains="somebody.else@example.com").count() == 1
    step = request.steps.get(system_name="lineage")
    assert "2 redacted, 1 archive rewritten; a scan finds none" in step.verdict_text
    proof = json.loads(read_artifact(request.artifact_digest))
    (told,) = [each for each in proof["systems"] if each["name"] == "lineage"]
    assert (told["rows"], told["archives"], told["action"], told["status"]) == (2, 1, "redact", "not_probed")
    assert told["probes"]["logical"]["before"] > 0
    assert told["probes"]["logical"]["after"] == told["probes"]["decoded"]["after"] == 0
    assert {each["dataset"]: each["count"] for each in proof["verification_queries"]}["lineage/lineage events"] == 0
    assert RedactionRecord.objects.filter(reference=request.req_id).count() == 2
    assert Entry.objects.get(kind="lineage:events:redacted").payload["reference"] == request.req_id
    page = world.client("pia").get(request.get_absolute_url()).content.decode()
    assert "2 redacted, 1 archive rewritten" in page
    assert Run.objects.count() == 3


def test_while_archives_are_written_the_step_waits_and_says_so(drive, four, monkeypatch, clock):
    request = drive.approved()

    def busy():
        raise archives.ArchiveBusy("Another process archives or redacts lineage events: try again when it is done.")

    with monkeypatch.context() as changed:
        changed.setattr(archives, "alone", busy)
        tasks.propagate()
    step = request.steps.get(system_name="lineage")
    assert (step.state, step.next_attempt_at is None) == ("retry", False)
    assert "Another process archives" in step.error
    clock.move(minutes=1)
    assert drive.work(request).state == State.COMPLETED


def test_a_subject_that_no_event_names_changes_nothing_in_the_headline(drive, four):
    request = drive.work(drive.approved())
    step = request.steps.get(system_name="lineage")
    assert step.verdict == "no_baseline"
    proof = json.loads(read_artifact(request.artifact_digest))
    assert "Nothing to delete" not in proof["headline"]
    assert LineageArchive.objects.count() == 0
