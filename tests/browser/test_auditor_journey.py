"""The auditor: signs in, searches, takes bundle and pack, verifies in the page, and then offline without the portal."""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from portal.core.clock.services import now
from portal.core.evidence.services import cast_due
from portal.pages.evidence.packs import making
from portal.pages.models import Pack
from tests.browser.browsing import assert_accessible, assert_fits, picture, shoot
from tests.privacy_app.conftest import drive, four, letters  # noqa: F401 the estate of the app's own tests
from tests.time_authority import serving


def elsewhere(act, *arguments):
    """Do something as a worker does, in a thread of its own: Playwright's event loop runs in this one."""

    def work():
        try:
            return act(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def look(page, name):
    assert_accessible(page)
    assert_fits(page)
    shoot(page, name)


def taken(page, link, path):
    with page.expect_download() as download:
        page.get_by_role("link", name=link).first.click()
    download.value.save_as(path)
    return path


def run(folder, *command):
    """A command in a folder, with nothing of the portal in its environment."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def anchored(settings, tmp_path_factory):
    """Two anchors: a time-stamp authority and a folder."""
    with serving(tmp_path_factory.mktemp("tsa")) as authority:
        settings.TSA_URL = authority.url
        settings.CHECKPOINT_FOLDER = str(tmp_path_factory.mktemp("public"))
        yield


@pytest.fixture
def done(anchored, drive, letters):
    return elsewhere(drive.completed)


def test_an_auditor_finds_takes_and_checks_a_proof_in_the_page_and_then_offline(visit, world, done, letters, tmp_path):
    told = [(letter.to, re.search(r"^[0-9a-f]{64}$", letter.body, re.MULTILINE)) for letter in elsewhere(letters)]
    steps = list(done.steps.values_list("system_name", "verdict", "error"))
    assert done.state == "completed", [step for step in steps if step[2] or step[1] in ("", "failed")] or steps
    [(address, key)] = [(to, found[0]) for to, found in told if found]
    page = visit("aud", "/evidence/")
    page.get_by_label("Words").fill("completed")
    page.get_by_label("About").fill(done.req_id)
    page.get_by_role("button", name="Filter").click()
    look(page, "evidence-search")
    picture(page, "auditor-search")
    page.get_by_role("link", name=re.compile(f"completed {done.req_id}")).click()
    look(page, "evidence-entry")
    page.goto(page.url.split("/evidence/")[0] + "/evidence/checkpoints/")
    page.locator("table a").first.click()
    seen = taken(page, "Download to keep", tmp_path / "checkpoint.txt")
    page.goto(page.url.split("/evidence/")[0] + "/evidence/keys/")
    fingerprint = re.search(r"sha256:([0-9a-f]{64})", page.locator("main .card").first.inner_text())[1]
    taken(page, "verify.py", tmp_path / "verify.py")
    taken(page, "verify_signatures.py", tmp_path / "verify_signatures.py")

    page.get_by_role("link", name="Find a proof").click()
    page.get_by_label("Key that the complainant brings").fill(key)
    page.get_by_label("Identifier that they claim").fill(address)
    page.get_by_role("button", name="Find").click()
    page.wait_for_selector("text=This proof is about this identifier")
    look(page, "evidence-find")
    picture(page, "auditor-find")
    page.get_by_role("link", name=done.req_id).click()
    page.wait_for_selector("text=Bundle (ZIP)")
    picture(page, "auditor-proof")
    bundle = taken(page, "Bundle (ZIP)", tmp_path / "bundle.zip")

    page.goto(page.url.split("/privacy/")[0] + "/evidence/packs/")
    day = f"{done.completed_at:%Y-%m-%d}"
    page.get_by_label("From").fill(day)
    page.get_by_label("To, that day included").fill(day)
    look(page, "evidence-packs")
    page.get_by_role("button", name="Make the pack").click()
    page.wait_for_selector("text=Waits for a worker")
    elsewhere(making.make, elsewhere(Pack.objects.get).pk)
    page.wait_for_selector("text=Ready")  # by polling, without a click
    look(page, "evidence-pack")
    picture(page, "auditor-pack")
    pack = taken(page, re.compile("Download evidence"), tmp_path / "pack.zip")

    for upload, words in ((bundle, "Nothing was refused"), (pack, "Nothing was refused in the pack and its 1 bundle")):
        page.goto(page.url.split("/evidence/")[0] + "/evidence/verify/")
        page.get_by_label("Bundle or pack").set_input_files(upload)
        page.get_by_label("Fingerprint of the key").fill(fingerprint)
        page.get_by_label("Checkpoint that you kept").fill(seen.read_text())
        page.get_by_role("button", name="Verify").click()
        page.wait_for_selector(f"text={words}")
        look(page, f"evidence-verified-{upload.stem}")
        if upload == bundle:
            picture(page, "auditor-verified-bundle")
    touched = tmp_path / "touched.zip"
    touched.write_bytes(tampered(bundle))
    page.get_by_label("Bundle or pack").set_input_files(touched)
    page.get_by_label("Fingerprint of the key").fill(fingerprint)
    page.get_by_role("button", name="Verify").click()
    page.wait_for_selector("text=Do not rely on it")
    look(page, "evidence-refused")
    for address, name in (("retention/", "evidence-retention"), ("retention/artifacts/", "evidence-artifacts")):
        page.goto(page.url.split("/evidence/")[0] + f"/evidence/{address}")
        look(page, name)
    elsewhere(cast_due, now())
    page.goto(page.url.split("/evidence/")[0] + "/evidence/anchors/")
    assert page.locator("table").first.get_by_text("checkpoint-").first.is_visible()
    look(page, "evidence-anchors")
    picture(page, "auditor-anchors")
    page.context.close()
    offline(tmp_path, fingerprint)


def tampered(bundle: Path) -> bytes:
    """The bundle with one letter of the artifact changed."""
    out = bundle.with_suffix(".part")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"DEL-", b"DEM-", 1) if name == "artifact.json" else data)
    return out.read_bytes()


def offline(folder, fingerprint):
    """What stands without us: verify.py, openssl, sha256sum, pdfdetach and pdfsig, on the downloaded files alone."""
    checked = run(folder, sys.executable, "-I", "verify.py", "bundle.zip", "--key", fingerprint)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    refused = run(folder, sys.executable, "-I", "verify.py", "touched.zip", "--key", fingerprint)
    assert (refused.returncode, "artifact.json is not the file that proof.json names" in refused.stdout) == (1, True)
    other = run(folder, sys.executable, "-I", "verify.py", "bundle.zip", "--key", "0" * 64)
    assert (other.returncode, "not by the key you gave" in other.stdout) == (1, True)
    unpacked = folder / "unpacked"
    with zipfile.ZipFile(folder / "bundle.zip") as archive:
        archive.extractall(unpacked)
    sign = ("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem")
    said = run(unpacked, *sign, "-in", "proof.json", "-sigfile", "proof.sig")
    assert "Signature Verified Successfully" in said.stdout, said.stderr
    (unpacked / "changed.json").write_bytes((unpacked / "proof.json").read_bytes() + b" ")
    assert run(unpacked, *sign, "-in", "changed.json", "-sigfile", "proof.sig").returncode != 0
    signed = run(unpacked, "pdfsig", "-nocert", "proof.pdf")
    assert "Signature is Valid" in signed.stdout, signed.stdout + signed.stderr
    attached = run(unpacked, "pdfdetach", "-saveall", "-o", str(unpacked), "proof.pdf")
    assert attached.returncode == 0, attached.stderr
    [json] = list(unpacked.glob("DEL-*.json"))
    assert json.read_bytes() == (unpacked / "artifact.json").read_bytes()
    packed = folder / "packed"
    with zipfile.ZipFile(folder / "pack.zip") as archive:
        archive.extractall(packed)
    said = run(packed, *sign, "-in", "manifest.json", "-sigfile", "manifest.sig")
    assert "Signature Verified Successfully" in said.stdout, said.stderr
    [inside] = packed.glob("*/*.zip")
    assert inside.read_bytes() == (folder / "bundle.zip").read_bytes()
