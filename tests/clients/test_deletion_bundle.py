"""The bundle of a real deletion in an auditor's hands: every command of its README, a byte flipped in every file."""

import io
import json
import zipfile

import pytest

from portal.core.evidence import keys, verify
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.selectors import read_artifact
from tests.privacy_app.conftest import drive, four  # noqa: F401 the estate of the app's own tests
from tests.time_authority import serving, sh


@pytest.fixture
def authority(tmp_path_factory, settings):
    with serving(tmp_path_factory.mktemp("tsa")) as made:
        settings.TSA_URL, settings.TSA_CHAIN_FILE = made.url, str(made.root)
        yield made


@pytest.fixture
def bundle(authority, drive):  # noqa: F811
    """(its bytes, the completed request)."""
    request = drive.completed()
    return read_artifact(request.bundle_digest), request


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def commands(folder):
    """Every command of the README as printed, without the words that a person replaces."""
    lines = (folder / "README.txt").read_text().splitlines()
    starts = ("openssl", "python3", "sed", "pdfsig", "pdfdetach")
    return [line.strip() for line in lines if line.startswith("     ") and line.strip().startswith(starts)]


def test_every_command_of_the_readme_passes_on_the_bundle_of_a_deletion(bundle, authority, tmp_path):
    data, request = bundle
    folder, fingerprint = tmp_path / "out", keys.fingerprint(keys.server_key().public)
    (tmp_path / "bundle.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(folder)
    (folder / "AUTHORITY.pem").write_bytes(authority.root.read_bytes())
    said = {}
    for command in commands(folder):
        given = command.replace("BUNDLE.zip", "../bundle.zip").replace("FINGERPRINT", fingerprint)
        done = sh(given, folder)
        assert done.returncode == 0, f"{given}: {done.stdout}{done.stderr}"
        said[command.split(" ")[0] + command.split(" ")[1]] = done.stdout
    assert "Signature Verified Successfully" in said["opensslpkeyutl"]
    assert "Verification: OK" in said["opensslts"]
    assert "Nothing was refused" in said["python3-I"] or "FAILED" not in said["python3-I"]
    assert "Signature is Valid" in said["pdfsigproof.pdf"]
    assert "Total document signed" in said["pdfsigproof.pdf"]
    attached = (folder / f"{request.req_id}.json").read_bytes()
    assert digest(attached) == request.artifact_digest
    assert attached == (folder / "artifact.json").read_bytes()
    released = sh(f"python3 -I verify.py ../bundle.zip --key {fingerprint} --tsa-ca AUTHORITY.pem", folder)
    assert released.returncode == 0
    for name in ("signature", "ledger", "binding", "approvals", "timestamp"):
        assert f"OK           {name}" in released.stdout, released.stdout


def test_a_byte_flipped_in_any_file_of_it_is_refused_and_the_honest_bundle_passes(bundle, authority):
    data, _ = bundle
    files, key = members(data), keys.fingerprint(keys.server_key().public)
    assert verify.verify_bundle(data, key, tsa_ca=str(authority.root)).exit_code == 0
    assert {"artifact.json", "proof.tsr", "tsa-chain.pem", "signatures.json", "proof.pdf"} <= set(files)
    for name, content in files.items():
        changed = bytearray(content)
        changed[len(content) // 2] ^= 0x01
        report = verify.verify_bundle(packed(files | {name: bytes(changed)}), key, tsa_ca=str(authority.root))
        assert report.exit_code == 1, name
        refused = [(row, sentence) for row, state, sentence in report.checks if state == "FAILED"]
        assert any(name in sentence or f"{row}.json" == name for row, sentence in refused), name
    document = json.loads(files["proof.json"])
    assert document["not_covered"] == document["proof"]["not_covered"]
    hidden = canonical_bytes(document | {"not_covered": []})
    report = verify.verify_bundle(packed(files | {"proof.json": hidden}), key)
    assert ("signature", "FAILED") in [row[:2] for row in report.checks], "nobody hides what it does not cover"
