"""The subject's letter: plain words that claim no more than the proof, the key, and no trace of it in the evidence."""

import json
import subprocess

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from portal.core.documents.services import render_pdf
from portal.core.evidence.selectors import read_artifact
from privacy_app import keystore, sealing, tasks
from privacy_app.domain.closing import told
from privacy_app.domain.pseudonym import token
from privacy_app.models import Request
from privacy_app.services import closing_letter, plain
from tests.privacy_app.reading_pdf import text_of, tight
from tests.privacy_app.rich_proof import rich_proof


@pytest.fixture
def completed(drive):
    return drive.completed()


def secret_of(request):
    return sealing.unseal(request.key_name, request.sealed_secret)


def files_below(folder):
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_the_subject_takes_the_letter_from_their_own_page_and_its_key_repeats_the_token(
    completed, four, client, world, settings, tmp_path
):
    settings.PRIVACY_AUTHORITY = "the Example Authority"
    address = reverse("privacy:status-letter", args=[completed.req_id, secret_of(completed)])
    page = client.get(reverse("privacy:status", args=[completed.req_id, secret_of(completed)])).content.decode()
    assert address in page
    assert django_settings.PROOF_SUBJECT_IDS == "keyed"
    assert [each.name for each in completed.files.all()] == [closing_letter.NAME], "nothing in clear is kept"
    in_clear = reverse("privacy:proof-in-clear", args=[completed.req_id])
    assert "No list in clear is kept" in world.client("pia").get(in_clear).content.decode()
    answer = client.get(address)
    assert answer["Cache-Control"].startswith("max-age=0")
    shown = text_of(answer.content, tmp_path)
    proof = json.loads(read_artifact(completed.artifact_digest))
    key = keystore.keys_of(completed.key_name).pseudonym
    assert key.hex() in shown
    assert token(key, "email", four.email) == proof["subject_ids"]["email"]
    for each in proof["systems"]:
        assert tight(told(each).sentence) in shown
    for words in (
        proof["headline"],
        completed.artifact_digest,
        f"We destroy our copy after {completed.appeal_until:%Y-%m-%d}",
        "beyond use until",
        "one-way token",
        "GDPR Art. 6(1)(c)",
        "You may complain to",
    ):
        assert tight(words) in shown, words
    assert four.email not in shown
    assert client.get(reverse("privacy:status-letter", args=[completed.req_id, "wrong"])).status_code == 404
    command = f"printf 'email\\0{four.email}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:{key.hex()}"
    said = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert proof["subject_ids"]["email"] == "hmac-sha256:" + said.split()[-1], "the letter's own command"


def test_the_key_is_in_no_stored_artifact_and_the_letter_dies_with_it(completed, client, clock, settings, tmp_path):
    key = keystore.keys_of(completed.key_name).pseudonym
    letter = closing_letter.read(completed)
    stored = files_below(settings.VAR_DIR / "artifacts")
    assert stored
    assert not any(key in data or key.hex().encode() in data or letter in data for data in stored)
    assert letter not in bytes(completed.files.get().sealed)
    address = reverse("privacy:status-letter", args=[completed.req_id, secret_of(completed)])
    clock.move(days=92)
    tasks.shred_keys()
    assert Request.objects.get(pk=completed.pk).shredded_at
    assert client.get(address).status_code == 404


def test_the_letter_of_a_proof_with_everything_reads_in_plain_words(tmp_path):
    proof = rich_proof()
    request = Request(req_id=proof["req_id"], key_name="letter-test", artifact_digest="sha256:" + "9" * 64)
    keystore.make_keys("letter-test")
    try:
        context = closing_letter.context_of(request, proof, suppressed_until="2027-01-21")
    finally:
        keystore.shred("letter-test")
    pdf = render_pdf(
        "privacy_app/documents/closing_letter.html", context, title="Letter", created=request.received_at or _then()
    )
    shown = text_of(pdf, tmp_path)
    for words in (
        "made unreadable for good: the only key to it was destroyed",
        "made anonymous, not deleted: the statistics must stay, the person must not.",
        "removed your data by hand and stated so in writing",
        "Kept, because we have to. Exempt: tax law, kept until 2034-12-31.",
        "beyond use until 2026-12-22",
        "finance.invoices: tax law § 147, until 2034-12-31",
        "Acme Mailing",
        "until 2027-01-21",
    ):
        assert tight(words) in shown, words


def _then():
    from datetime import UTC, datetime

    return datetime(2026, 9, 6, tzinfo=UTC)


def test_only_the_policy_plain_seals_a_list_in_clear_and_looking_at_it_is_evidence(drive, four, world, settings):
    settings.PROOF_SUBJECT_IDS = "plain"
    request = drive.completed()
    proof = json.loads(read_artifact(request.artifact_digest))
    assert proof["subject_policy"] == "plain"
    assert not any(four.email.encode() in data for data in files_below(settings.VAR_DIR / "artifacts"))
    assert four.email.encode() not in bytes(request.files.get(name=plain.NAME).sealed)
    address = reverse("privacy:proof-in-clear", args=[request.req_id])
    page = world.client("aud").get(reverse("privacy:proof", args=[request.req_id])).content.decode()
    assert "The policy of this proof is “plain”" in page
    assert four.email not in page
    assert world.client("aud").get(address).status_code == 403
    pia = world.client("pia")
    assert four.email not in pia.get(address).content.decode()
    assert pia.post(address, {"reason": ""}).status_code == 422
    shown = pia.post(address, {"reason": "the court asks"})
    assert four.email in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    from portal.core.evidence.models import Entry

    assert Entry.objects.get(kind="privacy:identifier:unmasked").payload["kind"] == "list of all identifiers"
