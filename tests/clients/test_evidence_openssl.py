"""A bundle checked by tools that are not ours: openssl, sha256sum, and a time-stamp authority made of openssl."""

import io
import json
import shutil
import zipfile

import pytest

from portal.core.evidence import keys, verify
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.kinds import declare
from portal.core.evidence.services import build_bundle, record, sequence_all, stamp_latest
from tests.time_authority import serving, sh

CLAIMED = declare("tests:proof:claimed", fields=("digest",), sentence="{actor} claimed {digest}.")
PROOF = {"title": "Deletion", "rows": 3}


@pytest.fixture
def claim(db):
    entry = record(CLAIMED, actor=Actor("u-1", "owner"), payload={"digest": digest(canonical_bytes(PROOF))})
    sequence_all()
    return entry


@pytest.fixture
def folder(claim, tmp_path):
    data = build_bundle(proof=PROOF, entry=claim, pdf=b"%PDF-1.7", not_covered=[])
    (tmp_path / "bundle.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(tmp_path / "out")
    return tmp_path / "out"


def commands_of(folder, word):
    """The README's own commands, so that what an auditor copies is what is tested."""
    lines = (folder / "README.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.startswith("     ") and word in line]


def test_openssl_verifies_the_signature_with_the_command_of_the_readme(folder):
    [command] = commands_of(folder, "pkeyutl")
    assert "-verify -rawin" in command
    assert "Signature Verified Successfully" in sh(command, folder).stdout
    (folder / "proof.json").write_bytes((folder / "proof.json").read_bytes().replace(b"Deletion", b"Retention"))
    assert sh(command, folder).returncode != 0


def test_sha256sum_checks_every_other_file_with_the_command_of_the_readme(folder):
    [command] = commands_of(folder, "sha256sum -c")
    done = sh(command, folder)
    assert done.returncode == 0, done.stderr
    assert sorted(line.split(":")[0] for line in done.stdout.splitlines()) == [
        "README.txt", "key.pem", "proof.pdf", "proof.tlog", "verify.py",
    ]  # fmt: skip
    (folder / "proof.pdf").write_bytes(b"%PDF-1.8")
    assert "proof.pdf: FAILED" in sh(command, folder).stdout


def test_openssl_and_the_key_page_give_the_same_fingerprint(folder):
    [command] = commands_of(folder, "-outform DER | sha256sum")
    assert "sha256:" + sh(command, folder).stdout.split()[0] == keys.fingerprint(keys.server_key().public)


def test_the_readmes_verifier_command_passes(folder):
    [command] = commands_of(folder, "-I verify.py")
    given = command.replace("BUNDLE.zip", "../bundle.zip").replace(
        "FINGERPRINT", keys.fingerprint(keys.server_key().public)
    )
    done = sh(given, folder)
    assert (done.returncode, "OK           ledger" in done.stdout) == (0, True)


def made_in_2020(data):
    """The bundle, signed with the true key as if it were from 2020: what only an outside time stamp can contradict."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(files["proof.json"]) | {"created_at": "2020-01-01T00:00:00.000000Z"}
    proof = canonical_bytes(document)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in (files | {"proof.json": proof, "proof.sig": keys.server_sign(proof)[1]}).items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def authority(tmp_path_factory, settings):
    """A time-stamp authority made of `openssl ts` behind HTTP."""
    with serving(tmp_path_factory.mktemp("tsa")) as made:
        settings.TSA_URL = made.url
        yield made


def test_a_time_stamp_is_checked_against_its_authority_and_not_checked_without_its_certificate(
    claim, authority, tmp_path
):
    assert shutil.which("openssl")
    stamp = stamp_latest()
    assert (stamp.authority, stamp.chain, stamp_latest()) == ("self-timestamped", "", None)
    data, key = build_bundle(proof=PROOF, entry=claim, not_covered=[]), keys.fingerprint(keys.server_key().public)

    def said(**more):
        report = verify.verify_bundle(data, key, **more)
        return report.exit_code, next(state for name, state, _ in report.checks if name == "timestamp")

    assert said(tsa_ca=str(authority.root)) == (0, "OK")
    report = verify.verify_bundle(made_in_2020(data), key, tsa_ca=str(authority.root))
    assert any(row[0] == "timestamp" and "back-dated" in row[2] for row in report.checks)
    assert [row[0] for row in report.checks if row[1] == "FAILED"] == ["timestamp"]
    assert said() == (0, "not checked")
    sh("openssl req -x509 -newkey rsa:2048 -nodes -keyout key2 -out other -days 30 -config conf", authority.folder)
    assert said(tsa_ca=str(authority.folder / "other")) == (1, "FAILED")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    shutil.copy(authority.root, tmp_path / "AUTHORITY.pem")
    cut, check = commands_of(tmp_path, "checkpoint")
    assert "Verification: OK" in sh(f"{cut} && {check}", tmp_path).stdout
    assert "so it proves nothing against us" in (tmp_path / "README.txt").read_text().replace("\n               ", " ")
