"""A complainant brings the key of the done notice: whose proof it is, before and after the purge, here and offline."""

import re
import subprocess

import pytest
from django.urls import reverse

from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from privacy_app import tasks


@pytest.fixture
def completed(drive):
    return drive.completed()


@pytest.fixture
def key(completed, letters):
    return re.search(r"^[0-9a-f]{64}$", letters()[-1].body, re.MULTILINE)[0]


def ask(client, **given):
    answer = client.post(reverse("evidence:find"), {"req_id": "", "key": "", "identifier": "", **given})
    return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_key_and_identifier_find_the_proof_also_after_everything_else_was_destroyed(
    completed, key, four, world, clock, caplog
):
    aud = world.client("aud")
    wrong = "0" * 64
    for time in ("before", "after"):
        if time == "after":
            clock.move(days=92)
            tasks.shred_keys()
        assert "is about this identifier" in ask(aud, key=key, identifier=four.email.upper())[1]
        assert completed.req_id in ask(aud, key=f" {key[:32]}\n{key[32:].upper()} ", identifier=four.customer)[1]
        assert "not about this identifier" in ask(aud, key=key, identifier="else@x.org", req_id=completed.req_id)[1]
        assert "No proof is about" in ask(aud, key=wrong, identifier=four.email)[1]
    said = [each.payload for each in Entry.objects.filter(kind="privacy:proof:asked")]
    assert {each["answer"] for each in said} == {"is about it", "is not about it"}
    assert four.email not in str(said)
    assert key not in str(said) + caplog.text


def test_a_reference_alone_leads_to_the_proof_and_half_a_question_is_sent_back(completed, key, world):
    aud = world.client("aud")
    assert f"The proof of {completed.req_id}" in ask(aud, req_id=f" {completed.req_id} ")[1]
    assert "There is no proof of DEL-2020-01-01-0001" in ask(aud, req_id="DEL-2020-01-01-0001")[1]
    assert ask(aud, key=key)[0] == ask(aud, identifier="a")[0] == ask(aud)[0] == 422
    assert "64 hexadecimal digits" in ask(aud, key="abc", identifier="a")[1]
    status, page = ask(aud, key=key, identifier="else@x.org")
    assert (status, key in page, "else@x.org" in page) == (200, False, False)
    assert aud.get(reverse("evidence:find"), {"key": key, "identifier": "a"}).content.decode().count(key) == 0


def test_the_printed_command_finds_the_token_offline(completed, key, four, tmp_path):
    (tmp_path / "artifact.json").write_bytes(read_artifact(completed.artifact_digest))
    command = f"printf 'email\\0{four.email}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:{key}"
    said = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    token = said.split("= ")[1].strip()
    found = subprocess.run(
        ["grep", "-c", token, "artifact.json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.stdout.strip() == "1"
