"""Art. 19: each recipient that holds the subject's data is told by a sealed letter, and its answer is kept."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from portal.core.notify.models import Message
from privacy_app import sealing, tasks
from privacy_app.models import RecipientNotice, SealedFile
from privacy_app.selectors import recipients as selectors
from privacy_app.services import checking, recipients
from privacy_app.services.lifecycle import RequestRefused
from tests.privacy_app.planned import submitted

MAIL = "dana@example.com"


@pytest.fixture
def told(world, settings, tmp_path):
    """A request whose steps have ended, with one recipient that holds the e-mail address and two that are not told."""
    settings.VAR_DIR = tmp_path / "var"
    for name, more in {
        "Mailer": {"kinds_held": ["email"]},
        "Courier": {"kinds_held": ["phone"]},
        "Elsewhere": {"kinds_held": ["email"], "systems": ["another"]},
    }.items():
        address = f"dpo@{name.lower()}.example"
        recipients.keep(user=world.pia, name=name, channel="email", address=address, **more)
    request = submitted(world)
    sealed = sealing.seal(request.key_name, MAIL)
    request.resolved.create(kind="email", sealed=sealed, token="t", source="tests", confidence=100)
    request.plans.update(state="approved")
    request.steps.update(state="done")
    type(request).objects.filter(pk=request.pk).update(state="propagating")
    assert checking.settle(request.pk)
    request.refresh_from_db()
    return request


def link(letters):
    return re.search(r"http\S+(/privacy/told/\S+)", letters()[-1].body)[1]


@pytest.mark.django_db
def test_who_holds_the_subjects_data_is_told_once_and_only_the_sealed_letter_names_it(told, letters):
    notice = RecipientNotice.objects.get()
    assert notice.recipient.name == "Mailer"
    waiting = Message.objects.filter(dedup_key__contains="recipient").get()
    assert MAIL.encode() not in bytes(waiting.sealed)
    assert MAIL not in waiting.dedup_key
    letter = letters()[-1]
    assert letter.to == "dpo@mailer.example"
    assert f"e-mail address (email): {MAIL}" in letter.body
    assert MAIL not in link(letters)
    assert MAIL not in str(list(Entry.objects.values_list("payload", flat=True)))
    assert recipients.tell_all(told) == 0


@pytest.mark.django_db
def test_a_recipient_answers_by_its_link_and_the_proof_lists_it(told, letters, client):
    assert selectors.for_artifact(told)[0] | {"told_at": ""} == {
        "name": "Mailer",
        "told_at": "",
        "told_by": "email",
        "acknowledged": False,
        "outcome": "no answer yet",
        "receipt": "none",
    }
    url = link(letters)
    page = client.get(url).content.decode()
    assert told.req_id in page
    assert MAIL not in page
    assert "Your answer is kept" in client.post(url, {"outcome": "erased"}).content.decode()
    assert client.post(url, {"outcome": "whatever"}).status_code == 422
    assert client.get(f"/privacy/told/{told.req_id}/guessed/").status_code == 404
    said = selectors.for_artifact(told)[0]
    assert (said["acknowledged"], said["outcome"]) == (True, "erased")


@pytest.mark.django_db
def test_who_does_not_answer_is_reminded_three_times_with_a_fresh_link_and_stays_listed(told, letters, clock, client):
    first = link(letters)
    for _ in range(5):
        clock.move(days=8)
        tasks.remind_recipients()
    assert RecipientNotice.objects.get().reminders == 3
    assert letters()[-1].subject.startswith("Reminder")
    assert client.get(first).status_code == 404
    assert client.get(link(letters)).status_code == 200
    assert selectors.for_artifact(told)[0]["outcome"] == "no answer yet"


@pytest.mark.django_db
def test_a_signed_receipt_is_sealed_with_the_request_and_its_digest_is_evidence(told, world):
    notice = RecipientNotice.objects.get()
    url = f"/privacy/requests/{told.req_id}/told/{notice.pk}/"
    file = SimpleUploadedFile("dana.pdf", b"%PDF signed by Mailer")
    assert world.client("pia").post(url, {"outcome": "erased", "receipt": file}).status_code == 302
    kept = SealedFile.objects.get()
    assert b"signed by Mailer" not in bytes(kept.sealed)
    assert "dana" not in kept.name
    assert Entry.objects.get(kind="privacy:recipient:answered").payload["receipt"] == kept.digest
    with pytest.raises(RequestRefused, match="at least one byte"):
        recipients.enter_receipt(
            user=world.pia, notice_id=notice.pk, outcome="erased", media_type="text/plain", data=b""
        )
    assert recipients.remind_due(now()) == 0
