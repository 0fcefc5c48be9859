"""A system that people work in: planned, handed to its team, attested with a sealed document, never called erased."""

import json
import uuid
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.core.catalog import services as catalog
from portal.core.clock import services as clock
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from portal.core.identity.actors import system_actor
from privacy_app import tasks
from privacy_app.domain.attestation import LARGEST, AttestationRefused, Outcome, media_type_of
from privacy_app.domain.request import State
from privacy_app.domain.steps import StepState
from privacy_app.models import ByHandTask, SealedFile, Step
from privacy_app.services import appeal, attestations, holding
from privacy_app.services.lifecycle import RequestRefused

PDF = b"%PDF-1.7 screenshot of the deleted contact"


@pytest.fixture
def crm(world, four):
    """A CRM without an interface, owned by Data Platform, whose contacts are known by their e-mail address."""
    actor = system_actor("tests")
    system = catalog.register_system(
        actor=actor,
        name="crm",
        kind="manual",
        settings={"instructions": "Open Contacts, search, delete, empty the bin."},
        owner_team=world.platform,
    )
    asset = catalog.adopt_asset(actor=actor, namespace="shop", name="crm.contacts", kind="table")
    catalog.place(asset=asset, system=system, object_name="Contacts", settings={"identifiers": {"email": "Address"}})
    return system


@pytest.fixture
def task(drive, crm):
    """The task of an approved request, after the workers have done their part."""
    request = drive.work(drive.approved())
    return ByHandTask.objects.get(step__request=request)


def step_of(task):
    return Step.objects.get(pk=task.step_id)


def entries(kind):
    return [each.payload for each in Entry.objects.filter(kind=kind)]


def upload(data=PDF, name="zz ana@example.com.pdf"):
    return SimpleUploadedFile(name, data, content_type="text/html")


def attest(client, task, **changed):
    data = {
        "outcome": "deleted",
        "rows": "2",
        "document": upload(),
        "statement": "bin emptied",
        "sure": "on",
        **changed,
    }
    return client.post(reverse("privacy:by-hand-attest", args=[task.pk]), data)


def test_the_plan_says_who_will_do_it_what_they_see_and_that_no_probe_can_run(drive, crm, world):
    request = drive.submitted()
    step = request.steps.get(kind="manual")
    assert "a person of the team Data Platform, within 48 hours" in step.preview["delete_by"]
    assert "identifiers (email)" in step.preview["delete_by"]
    assert [each["runs"] for each in step.preview["probes"]] == [False, False, False]
    page = world.client("pia").get(reverse("privacy:plan", args=[request.req_id])).content.decode()
    assert "a person attests it; the portal cannot look there" in page


def test_a_system_without_instructions_blocks_the_plan_with_its_sentence(drive, crm):
    crm.settings = {}
    crm.save()
    request = drive.planning()
    from privacy_app.services import planning

    plan = planning.make_plan(user=drive.world.pia, request_id=request.pk)
    assert any("has no `instructions`" in each for each in planning.what_blocks(plan))


def test_the_request_waits_for_the_person_and_completes_with_the_attestation_in_its_proof(drive, task, world):
    assert (step_of(task).state, step_of(task).request.state) == (StepState.BY_HAND, State.PROPAGATING)
    assert attest(world.client("ana"), task).status_code == 302
    step = step_of(task)
    assert (step.state, step.verdict, step.amounts) == (StepState.DONE, "not_probed", {"rows": 2})
    done = drive.work(step.request)
    assert done.state == State.COMPLETED
    proof = json.loads(read_artifact(done.artifact_digest))
    (crm,) = [each for each in proof["systems"] if each["kind"] == "manual"]
    assert (crm["status"], crm["verdict"], crm["rows"]) == ("attested", "not_probed", 2)
    assert crm["verdict_text"].startswith("Not probed: attested by a person of the team Data Platform on ")
    assert crm["attestation"] == digest(PDF)
    (entry,) = entries("privacy:task:attested")
    assert (entry["outcome"], entry["rows"], entry["document"]) == ("deleted", 2, digest(PDF))


def test_the_document_is_sealed_under_a_name_of_ours_and_destroyed_with_the_key(drive, task, world):
    attest(world.client("ana"), task)
    file = SealedFile.objects.get()
    assert (file.name, file.media_type, file.size) == (f"attestation-{task.pk}", "application/pdf", len(PDF))
    assert b"screenshot" not in bytes(file.sealed)
    drive.work(step_of(task).request)
    clock.move(clock.offset() + appeal.WINDOW + timedelta(days=2))
    tasks.shred_keys()
    file.refresh_from_db()
    task.refresh_from_db()
    assert (file.sealed, file.digest, task.sealed_statement) == (None, digest(PDF), None)


def test_identifiers_are_shown_by_a_recorded_look_to_the_owner_while_the_task_is_open(task, world, four):
    ana, url = world.client("ana"), reverse("privacy:by-hand-task", args=[task.pk])
    assert four.email not in ana.get(url).content.decode()
    before = len(entries("privacy:identifier:unmasked"))
    shown = ana.post(reverse("privacy:by-hand-look", args=[task.pk]))
    assert four.email in shown.content.decode()
    assert four.customer not in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert len(entries("privacy:identifier:unmasked")) == before + 1
    attest(ana, task)
    with pytest.raises(RequestRefused, match="has ended"):
        attestations.look(user=world.ana, task_id=task.pk)


def test_neither_another_teams_owner_nor_a_contributor_may_look_or_attest(task, world):
    for who in (world.otto, world.bob, world.aud):
        with pytest.raises(PermissionDenied):
            attestations.look(user=who, task_id=task.pk)
        with pytest.raises(PermissionDenied):
            attestations.attest(user=who, task_id=task.pk, outcome=Outcome.DELETED, rows=1, statement="", document=PDF)
    assert world.client("otto").get(reverse("privacy:by-hand-task", args=[task.pk])).status_code == 403
    assert "crm" not in world.client("otto").get(reverse("privacy:by-hand")).content.decode()


def test_what_cannot_be_deleted_leaves_the_request_partially_complete_and_a_retry_hands_it_over_again(
    drive, task, world
):
    refused = attest(world.client("ana"), task, outcome="cannot", rows="", document="", statement="")
    assert refused.status_code == 422
    attest(world.client("ana"), task, outcome="cannot", rows="", document="", statement="legal archive")
    assert step_of(task).verdict == "failed"
    request = drive.work(step_of(task).request)
    assert request.state == State.PARTIALLY_COMPLETE
    world.client("pia").post(reverse("privacy:retry", args=[request.req_id, task.step_id]))
    drive.work(request)
    newest = ByHandTask.objects.get(step=task.step, attested_at=None)
    attest(world.client("pia"), newest, outcome="not_found", rows="")
    done = drive.work(request)
    assert (done.state, step_of(task).verdict) == (State.COMPLETED, "not_probed")
    assert "the person was not found there" in step_of(task).verdict_text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"document": ""}, "Attach a document"),
        ({"rows": ""}, "how many records"),
        ({"document": upload(b"\x7fELF\x01", "x.pdf")}, "neither PDF, PNG, JPEG nor plain text"),
        ({"document": upload(b"<html><script>", "x.txt")}, "neither PDF, PNG, JPEG nor plain text"),
        ({"document": upload(b"%PDF-" + bytes(LARGEST), "x.pdf")}, "larger than 5 MB"),
        ({"sure": ""}, "required"),
    ],
    ids=["no document", "no count", "a program", "a page", "too large", "not sure"],
)
def test_an_attestation_that_lacks_something_is_refused_on_its_page_and_nothing_is_kept(task, world, changed, said):
    answer = attest(world.client("ana"), task, **changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert SealedFile.objects.count() == 0
    assert step_of(task).state == StepState.BY_HAND


def test_a_hold_after_the_hand_over_takes_the_task_back_as_exempt(drive, task, world):
    scope = {"kind": "exemption", "basis": "gdpr_17_3_b", "reason": "invoices", "system": task.step.system}
    ends_on = clock.now().date() + timedelta(365)
    holding.place(user=world.pia, key=uuid.uuid4(), subjects=None, ends_on=ends_on, **scope)
    with pytest.raises(RequestRefused, match="do not delete it"):
        attestations.look(user=world.ana, task_id=task.pk)
    tasks.remind_by_hand()
    task.refresh_from_db()
    assert (task.outcome, step_of(task).verdict) == ("held", "exempt")
    assert drive.work(step_of(task).request).state == State.COMPLETED


def test_a_task_is_attested_once(task, world):
    attest(world.client("ana"), task)
    again = attest(world.client("pia"), task).wsgi_request
    assert ["somebody else attested it" in str(each) for each in get_messages(again)] == [True]
    assert len(entries("privacy:task:attested")) == 1


def test_the_team_is_told_reminded_once_and_the_privacy_team_hears_of_what_is_overdue(task, letters, four):
    told = [each for each in letters() if "by hand" in each.subject]
    assert [(each.to, each.subject.split(":")[0]) for each in told] == [
        ("ana@example.org", "A deletion by hand is yours")
    ]
    for hours in (25, 1, 23, 1):
        clock.move(clock.offset() + timedelta(hours=hours))
        tasks.remind_by_hand()
    later = [(each.to, each.subject.split(":")[0]) for each in letters() if "by hand" in each.subject][1:]
    overdue = "A deletion by hand is overdue"
    assert later[0] == ("ana@example.org", "A deletion by hand waits")
    assert {to for to, subject in later if subject == overdue} == {
        "ana@example.org",
        "pia@example.org",
        "petra@example.org",
    }
    assert len(later) == 4
    assert not any(four.email in each.body for each in letters())


def test_the_owner_finds_the_task_on_the_first_page(task, world):
    assert "Delete by hand in crm" in world.client("ana").get(reverse("pages:home")).content.decode()
    assert "Delete by hand in crm" not in world.client("otto").get(reverse("pages:home")).content.decode()


def test_a_privacy_officer_reads_the_document_for_a_reason_and_it_is_always_a_download(task, world):
    attest(world.client("ana"), task, document=upload(b"ticket 4711: contact removed\n", "note.txt"))
    pia, url = world.client("pia"), reverse("privacy:by-hand-document", args=[task.pk])
    assert pia.post(url, {"reason": ""}).status_code == 422
    answer = pia.post(url, {"reason": "the auditor asks"})
    assert answer.content == b"ticket 4711: contact removed\n"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert len(entries("privacy:document:read")) == 1
    assert world.client("ana").get(url).status_code == 403


def test_the_type_of_a_document_is_told_by_its_bytes():
    assert media_type_of(b"\x89PNG\r\n\x1a\n...") == "image/png"
    assert media_type_of(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert media_type_of("Für Ana erledigt\n".encode()) == "text/plain"
    for data in (b"", b"PK\x03\x04", b"\x00\x01", b"  <svg onload=x>"):
        with pytest.raises(AttestationRefused):
            media_type_of(data)
