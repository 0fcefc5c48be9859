"""The proof: the PDF says what the JSON says, the bundle verifies by itself, and readers are those of the evidence."""

import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import datetime

import jsonschema
import pytest
from django.urls import reverse

from portal.core.evidence import keys, verify
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.selectors import read_artifact
from privacy_app import keystore
from privacy_app.domain.artifact import Verification, verification_hash
from privacy_app.domain.pseudonym import token
from tests.passkeys import SoftPasskey
from tests.privacy_app.reading_pdf import missing_from, text_of


@pytest.fixture
def completed(drive):
    passkey = SoftPasskey.enrol(drive.world, "petra")
    return drive.work(drive.approve(drive.submitted(), passkey=passkey))


def test_every_value_of_the_json_is_in_the_text_of_the_pdf(completed, tmp_path):
    proof = json.loads(read_artifact(completed.artifact_digest))
    shown = text_of(read_artifact(completed.pdf_digest), tmp_path)
    assert missing_from(shown, proof) == []
    assert completed.artifact_digest in shown


def test_the_artifact_follows_the_published_schema(completed, client):
    schema = client.get(reverse("privacy:proof-schema")).json()
    proof = json.loads(read_artifact(completed.artifact_digest))
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(proof)] == []
    assert list(validator.iter_errors(proof | {"email": "dana@example.com"}))
    vectors = client.get(reverse("privacy:proof-vectors")).json()
    assert {"queries", "hash", "canonical"} <= set(vectors[0])


def test_the_pdf_carries_the_artifact_and_its_hash_can_be_computed_from_that_alone(completed, tmp_path):
    path = tmp_path / "proof.pdf"
    path.write_bytes(read_artifact(completed.pdf_digest))
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(path)], check=True)
    attached = (tmp_path / f"{completed.req_id}.json").read_bytes()
    assert digest(attached) == completed.artifact_digest
    assert attached == canonical_bytes(json.loads(attached))
    proof = json.loads(attached)
    queries = [
        Verification(each["dataset"], each["count"], datetime.fromisoformat(each["ts"]))
        for each in proof["verification_queries"]
    ]
    assert len(queries) == 5
    assert verification_hash(queries) == proof["verification_hash"]


def _checked(data):
    report = verify.verify_bundle(data, keys.fingerprint(keys.server_key().public))
    return {name: (state, sentence) for name, state, sentence in report.checks}


def test_the_approvers_own_signature_is_in_the_bundle_and_checks_down_to_the_passkey(completed):
    rows = _checked(read_artifact(completed.bundle_digest))
    assert rows["approvals"] == ("OK", "The plan was approved by privacy officer.")
    assert [rows[f"1 {what}"][0] for what in ("statement", "person", "server", "ledger", "enrolled")] == ["OK"] * 5


def _with_another_plan(data, *, artifact):
    """The bundle with another plan in its proof, and in its artifact if asked, signed again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(files["proof.json"])
    document["proof"]["plan_digest"] = "sha256:" + "0" * 64
    if artifact:
        files["artifact.json"] = canonical_bytes(document["proof"])
        document["files"]["artifact.json"] = digest(files["artifact.json"])
    sealed = canonical_bytes(document)
    files |= {"proof.json": sealed, "proof.sig": keys.server_key().private.sign(sealed)}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_the_approval_of_another_plan_is_refused_even_when_the_portals_own_key_signs_the_bundle(completed):
    data = read_artifact(completed.bundle_digest)
    first = "proof.json says something else than artifact.json."
    second = "signatures.json does not hold the approvals of this plan that the proof names."
    for artifact, why in ((False, first), (True, second)):
        rows = _checked(_with_another_plan(data, artifact=artifact))
        assert rows["signature"][0] == "OK"
        assert rows["approvals"] == ("FAILED", why)
    assert rows["binding"][0] == "FAILED", "the ledger names another artifact"


def test_the_bundle_is_verified_on_a_laptop_with_the_portals_key_and_no_other(completed, tmp_path):
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(read_artifact(completed.bundle_digest))
    with zipfile.ZipFile(bundle) as archive:
        archive.extract("verify.py", tmp_path)
        archive.extract("verify_signatures.py", tmp_path)
        assert digest(archive.read("artifact.json")) == completed.artifact_digest
    released = [sys.executable, "-I", str(tmp_path / "verify.py"), str(bundle)]
    fingerprint = keys.fingerprint(keys.server_key().public)
    result = subprocess.run([*released, "--key", fingerprint], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    other = subprocess.run([*released, "--key", "sha256:" + "0" * 64], capture_output=True, text=True, check=False)
    assert other.returncode != 0


def test_the_subject_gets_the_key_and_can_show_that_the_proof_is_about_them(completed, four, letters):
    letter = letters()[-1]
    key = bytes.fromhex(re.search(r"^[0-9a-f]{64}$", letter.body, re.MULTILINE)[0])
    proof = json.loads(read_artifact(completed.artifact_digest))
    assert token(key, "email", four.email) == proof["subject_ids"]["email"]
    assert "Backups are beyond use" in letter.body


def test_after_the_appeal_window_the_key_and_every_sealed_value_are_gone(completed, clock):
    from privacy_app import tasks
    from privacy_app.models import Request

    clock.move(days=92)
    tasks.shred_keys()
    request = Request.objects.get(pk=completed.pk)
    assert request.shredded_at
    assert not keystore.exists(request.key_name)
    assert not request.resolved.exclude(sealed=None).exists()
    assert not request.identifiers.exclude(sealed=None).exists()
    assert json.loads(read_artifact(request.artifact_digest))["req_id"] == request.req_id


def test_the_auditor_reads_the_proof_and_takes_the_files_away(completed, world):
    for form in ("json", "pdf", "zip"):
        answer = world.client("aud").get(reverse("privacy:download", args=[completed.req_id, form]))
        assert answer.status_code == 200
        assert completed.req_id in answer["Content-Disposition"]
    page = world.client("aud").get(reverse("privacy:proof", args=[completed.req_id])).content.decode()
    for words in ("Recorded", "Verification hash", "oltp-", "Not covered"):
        assert words in page
