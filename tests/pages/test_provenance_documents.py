"""An answer that is taken as a document: recorded at once, made by a worker, and checked offline by the auditor."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import uuid
import zipfile

import pytest

from portal.core.evidence import keys, verify
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from portal.core.evidence.services import sequence_all
from portal.core.making.leases import waiting
from portal.pages.provenance import services
from portal.pages.provenance.models import GivenAnswer
from tests.pages.provenance_ground import SCORED, adopt, agree, at, tell, watch

FIELDS = {"q": f"run:{SCORED}", "known_at": "", "depth": ""}


@pytest.fixture
def taken(world):
    tell(world)
    assets = adopt(world)
    agree(world, assets["orders"], since=at(20))
    watch(world, assets["orders"], (at(48), "ok"))
    answer = world.client("cleo").post("/provenance/take/", FIELDS | {"idempotency_key": str(uuid.uuid4())})
    assert answer.status_code == 302
    return GivenAnswer.objects.get()


def test_the_bundle_of_an_answer_passes_its_own_commands_and_holds_what_was_seen(world, taken, tmp_path) -> None:
    services.make(taken.pk)
    page = world.client("aud").get(taken.get_absolute_url()).content.decode()
    assert "Bundle (" in page
    data = world.client("aud").get(f"{taken.get_absolute_url()}bundle.zip").content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    proof = json.loads((tmp_path / "proof.json").read_bytes())["proof"]
    assert proof == json.loads(read_artifact(taken.digest))
    assert (proof["subject"]["kind"], proof["run"]["run_id"]) == ("run", SCORED)
    told = checked(data, tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "REFUSED" not in told.stdout
    shown = subprocess.run(
        ["pdftotext", "proof.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    for value in (SCORED, "4f2a9c1", "demo/raw", taken.digest[:20]):
        assert value in shown.replace("\n", ""), value
    signed = subprocess.run(["pdfsig", "proof.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in signed


def test_a_changed_byte_of_the_answer_is_refused_offline(taken, tmp_path) -> None:
    services.make(taken.pk)
    taken.refresh_from_db()
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(read_artifact(taken.bundle_digest))) as archive,
        zipfile.ZipFile(changed, "w") as forged,
    ):
        for name in archive.namelist():
            content = archive.read(name)
            forged.writestr(name, content.replace(b"4f2a9c1", b"4f2a9c2") if name == "proof.json" else content)
    told = checked(changed.getvalue(), tmp_path)
    assert told.returncode == 1
    assert "REFUSED" in told.stdout + told.stderr


def checked(bundle: bytes, folder) -> subprocess.CompletedProcess[str]:
    """What the released verifier says of a bundle, given the fingerprint that the auditor holds."""
    path = folder / "bundle.zip"
    path.write_bytes(bundle)
    fingerprint = keys.fingerprint(keys.server_key().public).removeprefix("sha256:")
    command = [sys.executable, verify.__file__, str(path), "--key", fingerprint]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_ledger_keeps_that_it_was_given_and_the_same_form_gives_it_once(world, taken) -> None:
    entry = Entry.objects.get(kind="evidence:provenance:answered")
    assert entry.payload["digest"] == taken.digest
    assert SCORED not in json.dumps(entry.payload), "ids of pipelines stay out of the ledger"
    again = world.client("cleo").post("/provenance/take/", FIELDS | {"idempotency_key": str(taken.key)})
    assert (again["Location"], GivenAnswer.objects.count()) == (taken.get_absolute_url(), 1)
    nothing = world.client("cleo").post("/provenance/take/", {"q": "no-such", "idempotency_key": str(uuid.uuid4())})
    assert nothing.status_code == 404


def test_a_worker_that_died_leaves_it_to_the_next_and_three_attempts_are_the_end(
    world, taken, clock, monkeypatch
) -> None:
    GivenAnswer.objects.update(attempts=1, leased_until=clock.now())
    assert waiting(GivenAnswer) == [taken.pk]
    GivenAnswer.objects.update(attempts=3)
    assert services.make(taken.pk).state == "failed"
    assert "could not be made" in world.client("cleo").get(taken.get_absolute_url()).content.decode()


def test_while_it_is_made_the_page_says_how_far_it_is_and_has_no_file_yet(world, taken) -> None:
    sequence_all()
    page = world.client("cleo").get(taken.get_absolute_url()).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "0 of 4" in page
    assert world.client("cleo").get(f"{taken.get_absolute_url()}bundle.zip").status_code == 404
    assert world.client("cleo").get(f"{taken.get_absolute_url()}passwd").status_code == 404
