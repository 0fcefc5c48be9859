"""A bundle in an auditor's hands: every honest case passes, every tampering is refused with a sentence saying why."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.core.evidence import keys, selectors, verify
from portal.core.evidence.domain import merkle, notes, proofs
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.models import Checkpoint
from portal.core.evidence.services import EntryPending, build_bundle, sequence, sequence_all
from tests.evidence.conftest import PROOF

PDF = b"%PDF-1.7 not a real one: the verifier looks at its digest only"


def unpack(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def the_key():
    return keys.fingerprint(keys.server_key().public)


def check(data, **more):
    return verify.verify_bundle(data, more.pop("key", the_key()), **more)


def said(report, name):
    return next((state, sentence) for row, state, sentence in report.checks if row == name)


def signed_again(files, key, **changes):
    """The bundle with changes, its manifest put right and signed by `key`: what a forger with his own key can do."""
    files = files | changes
    document = json.loads(files["proof.json"])
    rest = {name: data for name, data in files.items() if name not in ("proof.json", "proof.sig")}
    document["files"] = {name: digest(data) for name, data in rest.items()}
    proof = canonical_bytes(document)
    return {"proof.json": proof, "proof.sig": key.sign(proof), **rest}


def test_an_honest_bundle_passes_every_check_that_has_its_input_and_says_what_it_did_not_check(bundle_of):
    report = check(bundle_of(pdf=PDF, files={"artifact.json": b"{}"}))
    states = {name: state for name, state, _ in report.checks}
    passed = ("container", "proof", "files", "key", "signature", "checkpoint", "ledger", "binding")
    assert states == dict.fromkeys(passed, "OK") | dict.fromkeys(("seen", "timestamp", "rest"), "not checked")
    assert (report.exit_code, report.verdict) == (0, "Nothing was refused; 3 not checked.")
    assert "Backups older than a month." in report.text()


def test_the_bundle_holds_what_the_design_promises(bundle_of):
    files = unpack(bundle_of(pdf=PDF))
    names = ["README.txt", "key.pem", "proof.json", "proof.pdf", "proof.sig", "proof.tlog", "verify.py"]
    assert sorted(files) == names
    document = json.loads(files["proof.json"])
    assert files["proof.json"] == canonical_bytes(document)
    assert document["proof"] == PROOF
    assert sorted(document["files"]) == [name for name in names if name not in ("proof.json", "proof.sig")]
    assert files["verify.py"] == Path(verify.__file__).read_bytes()
    assert the_key() in files["README.txt"].decode()


NAMES = ["README.txt", "key.pem", "proof.json", "proof.pdf", "proof.sig", "proof.tlog", "verify.py", "data/rows.csv"]


@pytest.mark.parametrize("name", NAMES)
def test_a_flipped_byte_in_any_file_is_refused(bundle_of, name):
    files = unpack(bundle_of(pdf=PDF, files={"data/rows.csv": b"1,2\n3,4\n"}))
    middle = len(files[name]) // 2
    data = bytearray(files[name])
    data[middle] ^= 0x01
    report = check(pack(files | {name: bytes(data)}))
    assert report.exit_code == 1
    assert report.verdict == "REFUSED."
    sentences = " ".join(sentence for _, state, sentence in report.checks if state == "FAILED")
    expected = {"proof.json": "proof.json", "proof.sig": "proof.sig is not the signature"}
    assert expected.get(name, f"{name} is not the file that proof.json names") in sentences


@pytest.mark.parametrize("name", [name for name in NAMES if name != "README.txt"])
def test_a_part_of_another_honest_bundle_is_refused(bundle_of, name):
    first = unpack(bundle_of(pdf=PDF, files={"data/rows.csv": b"1,2\n"}))
    second = unpack(bundle_of({"title": "Another"}, pdf=PDF + b"2", files={"data/rows.csv": b"3,4\n"}))
    report = check(pack(first | {name: second[name]}))
    assert report.exit_code == (0 if first[name] == second[name] else 1)
    assert (first[name] == second[name]) == (name in ("key.pem", "verify.py"))


def test_both_signed_parts_of_another_bundle_together_are_refused_too(bundle_of):
    first, second = unpack(bundle_of()), unpack(bundle_of({"title": "Another"}))
    swapped = first | {name: second[name] for name in ("proof.json", "proof.sig")}
    assert said(check(pack(swapped)), "files")[0] == "FAILED"
    assert said(check(pack(swapped | {"README.txt": second["README.txt"]})), "files") == (
        "FAILED",
        "proof.tlog is not the file that proof.json names: its digest differs.",
    )


@pytest.mark.parametrize("name", ["proof.sig", "proof.tlog", "key.pem", "proof.pdf", "proof.json"])
def test_a_missing_part_is_refused_and_named(bundle_of, name):
    files = unpack(bundle_of(pdf=PDF))
    del files[name]
    report = check(pack(files))
    assert report.exit_code == 1
    assert f"{name} is missing" in report.text() or f"{name} is named by proof.json, but missing" in report.text()


def test_a_bundle_signed_again_with_another_key_is_refused_against_the_key_that_the_auditor_holds(bundle_of):
    forger = Ed25519PrivateKey.generate()
    public = forger.public_key().public_bytes_raw()
    files = unpack(bundle_of())
    index, path, note = verify.parse_proof(files["proof.tlog"].decode(), "index")
    text = note.split("\n\n")[0] + "\n"
    forged = notes.sign_note(text, text.split("\n")[0], public, forger.sign)
    tlog = proofs.inclusion_text(index, path, forged).encode()
    forgery = pack(signed_again(files, forger, **{"key.pem": keys.public_pem(public), "proof.tlog": tlog}))
    state, sentence = said(check(forgery), "key")
    assert (state, "not by the key you gave" in sentence) == ("FAILED", True)
    assert check(forgery).exit_code == 1
    assert check(forgery, key=keys.fingerprint(public)).exit_code == 0, "the forgery is otherwise whole"


def test_an_entry_that_is_still_pending_gets_no_bundle(note):
    entry = note("a proof", digest(canonical_bytes(PROOF)))
    with pytest.raises(EntryPending, match="within seconds"):
        build_bundle(proof=PROOF, entry=entry, not_covered=[])


def test_a_proof_of_an_entry_beyond_the_checkpoint_is_refused_as_pending(bundle_of):
    files = unpack(bundle_of())
    index, path, note = verify.parse_proof(files["proof.tlog"].decode(), "index")
    tlog = proofs.inclusion_text(index + 1, path, note).encode()
    report = check(pack(signed_again(files, keys.server_key().private, **{"proof.tlog": tlog})))
    assert said(report, "ledger") == ("FAILED", "Entry 1 is not in a tree of 1 entries (pending).")


def test_a_bundle_without_a_ledger_proof_is_refused_as_pending(bundle_of):
    files = unpack(bundle_of())
    del files["proof.tlog"]
    report = check(pack(signed_again(files, keys.server_key().private)))
    assert "pending" in said(report, "checkpoint")[1]
    assert (report.exit_code, said(report, "ledger")[0]) == (1, "not checked")


def test_an_entry_that_was_swapped_for_another_is_refused_even_with_the_right_key(bundle_of, note):
    files = unpack(bundle_of())
    document = json.loads(files["proof.json"])
    document["entry"]["actor"]["role"] = "auditor"
    changed = files | {"proof.json": canonical_bytes(document)}
    report = check(pack(signed_again(changed, keys.server_key().private)))
    assert said(report, "ledger") == ("FAILED", "The entry is not number 0 of that tree.")


def test_a_proof_that_the_entry_does_not_name_is_refused_when_built_and_when_checked(bundle_of, note):
    entry = note("something else")
    sequence_all()
    with pytest.raises(ValueError, match="would prove nothing"):
        build_bundle(proof=PROOF, entry=entry, not_covered=[])
    files = unpack(bundle_of())
    document = json.loads(files["proof.json"]) | {"proof": {"title": "More than was recorded"}}
    changed = signed_again(files | {"proof.json": canonical_bytes(document)}, keys.server_key().private)
    assert said(check(pack(changed)), "binding")[0] == "FAILED"


def test_a_bundle_may_be_tied_by_a_file_that_the_entry_names(note):
    text = b"dataset: customer_events\n"
    entry = note("customer_events", digest(text))
    sequence_all()
    data = build_bundle(proof=PROOF, entry=entry, files={"contract.yaml": text}, not_covered=[])
    assert said(check(data), "binding") == ("OK", "The entry names the digest of contract.yaml.")


def test_a_fraction_or_a_strange_file_name_never_enters_a_bundle(note):
    entry = note("a proof", digest(canonical_bytes({"share": 0.5})))
    sequence_all()
    with pytest.raises(ValueError, match="give decimals as text"):
        build_bundle(proof={"share": 0.5}, entry=entry, not_covered=[])
    for name in ("../up", "proof.json", "/etc/passwd", "a b", ""):
        with pytest.raises(ValueError, match="choose a plain name"):
            build_bundle(proof=PROOF, entry=entry, files={name: b""}, not_covered=[])


def test_a_file_whose_time_was_over_is_said_to_have_expired_with_its_date(bundle_of, clock):
    data = bundle_of(expired={"scan.json": (digest(b"gone"), clock.now())})
    state, sentence = said(check(data), "rest")
    assert (state, f"scan.json expired on {clock.now():%Y-%m-%d}." in sentence) == ("not checked", True)


# --seen: what the auditor kept from an earlier visit


@pytest.fixture
def grown(bundle_of, note):
    """Checkpoints of 1 to 6 entries; a bundle over the tree of 4, and one over the tree of 6."""
    for number in range(3):
        note(str(number))
        sequence()
    middle = bundle_of()
    note("more")
    sequence()
    return middle, bundle_of({"title": "Later"})


def note_of(size):
    return Checkpoint.objects.get(size=size).note


def leading(old, new):
    return selectors.consistency_proof(old, Checkpoint.objects.get(size=new))


def test_the_checkpoint_that_the_auditor_kept_is_continued(grown):
    report = check(grown[1], seen=note_of(2), consistency=leading(2, 6))
    assert said(report, "seen") == ("OK", "The tree of 6 entries continues the one of 2.")
    assert said(check(grown[1], seen=note_of(6)), "seen")[0] == "OK"
    assert report.exit_code == 0


def test_an_older_bundle_passes_when_it_leads_to_what_the_auditor_kept(grown):
    report = check(grown[0], seen=note_of(6), consistency=leading(4, 6))
    assert said(report, "seen") == ("OK", "The tree of 6 entries continues the one of 4.")


def test_without_the_consistency_file_the_comparison_is_not_checked_and_the_exit_code_says_so(grown):
    report = check(grown[1], seen=note_of(2))
    state, sentence = said(report, "seen")
    assert (state, "consistency?from=2&to=6" in sentence, report.exit_code) == ("not checked", True, 2)


def test_a_ledger_that_was_cut_short_or_an_old_checkpoint_played_again_is_refused(grown):
    report = check(grown[0], seen=note_of(6))
    assert said(report, "seen")[0] == "FAILED"
    assert "an old checkpoint, or a ledger cut short" in said(report, "seen")[1]


def forked(size):
    """A checkpoint of a ledger that somebody rewrote, signed with the true key."""
    key = keys.server_key()
    text = notes.checkpoint_text(key.name, size, merkle.leaf_hash(b"rewritten"))
    return notes.sign_note(text, key.name, key.public, key.private.sign)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_a_fork_is_refused_wherever_it_began(grown, size):
    report = check(grown[1], seen=forked(size), consistency=leading(size, 6))
    assert "the ledger was forked" in said(report, "seen")[1]
    assert report.exit_code == 1


def test_two_trees_of_the_same_size_are_a_fork(grown):
    assert said(check(grown[1], seen=forked(6)), "seen") == (
        "FAILED",
        "There are two trees of 6 entries: the ledger was forked.",
    )


def test_a_checkpoint_of_another_ledger_and_a_file_that_is_none_are_refused(grown):
    other = note_of(2).replace("custody.localhost/log", "other.example/log")
    assert "Your checkpoint is of other.example/log" in said(check(grown[1], seen=other), "seen")[1]
    assert said(check(grown[1], seen="hello"), "seen")[0] == "FAILED"
    wrong = said(check(grown[1], seen=note_of(2), consistency=leading(3, 6)), "seen")
    assert wrong == ("FAILED", "The consistency file starts at 3 entries, not at 2.")


# The container


def test_a_file_that_is_in_twice_is_refused(bundle_of):
    files, target = unpack(bundle_of()), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("proof.json", b"{}")
    assert said(check(target.getvalue()), "container") == ("FAILED", "It holds a file twice.")


@pytest.mark.parametrize("name", ["../proof.pdf", "/proof.pdf", "a/../b", "C:\\proof", "a\\b", "PROOF.JSON", ".hidden"])
def test_a_file_with_a_dangerous_name_is_refused(bundle_of, name):
    assert said(check(pack(unpack(bundle_of()) | {name: b"x"})), "container")[0] == "FAILED"


def test_a_file_that_the_manifest_does_not_name_is_refused(bundle_of):
    state, sentence = said(check(pack(unpack(bundle_of()) | {"extra.txt": b"x"})), "files")
    assert (state, sentence) == ("FAILED", "In the ZIP, but not named by proof.json: extra.txt.")


def test_a_link_inside_the_zip_is_refused(bundle_of):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in unpack(bundle_of()).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o120777 if name == "proof.sig" else 0o100644) << 16
            archive.writestr(info, data)
    assert "not a plain file" in said(check(target.getvalue()), "container")[1]


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("proof.json", "w") as member:
        for _ in range(129):
            member.write(bytes(1024 * 1024))
    assert len(target.getvalue()) < 200_000
    assert "too large" in said(verify.verify_bundle(target.getvalue(), "0" * 64), "container")[1]
    many = pack({f"f{number}": b"" for number in range(65)})
    assert "at most 64" in said(verify.verify_bundle(many, "0" * 64), "container")[1]


def test_a_field_named_twice_in_proof_json_is_refused(bundle_of):
    files = unpack(bundle_of())
    twice = files["proof.json"].replace(b'{"created_at"', b'{"created_at":"2020","created_at"', 1)
    key = keys.server_key().private
    assert "canonical" in said(check(pack(files | {"proof.json": twice, "proof.sig": key.sign(twice)})), "proof")[1]


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_bundle_are_refused_with_a_report_and_not_with_an_error(data):
    assert verify.verify_bundle(data, "0" * 64).exit_code == 1


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(["proof.json", "proof.tlog", "key.pem", "proof.sig"]))
def test_rubbish_in_any_part_is_refused_with_a_report_and_not_with_an_error(data, name):
    parts = {"proof.json": b'{"format":"custody-bundle@v1"}', "proof.tlog": b"", "key.pem": b"", "proof.sig": b""}
    assert verify.verify_bundle(pack(parts | {name: data}), "0" * 64).exit_code == 1


@pytest.mark.parametrize("document", [b"[]", b"{}", b"null", b"1.5", b"[" * 5000, b'"\\ud800"', b"9" * 5000])
def test_a_proof_json_of_another_shape_is_refused_with_a_report(document):
    report = verify.verify_bundle(pack({"proof.json": document}), "0" * 64)
    assert report.exit_code == 1


@pytest.mark.parametrize("key", ["", "sha256:12", "not a key", "é" * 64])
def test_a_key_that_is_no_fingerprint_is_refused(bundle_of, key):
    assert "not a fingerprint" in said(check(bundle_of(), key=key), "key")[1]


# The command line


def run(*arguments):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_the_verifier_of_the_bundle_runs_alone_from_a_folder_of_its_own(bundle_of, tmp_path):
    data = bundle_of(pdf=PDF)
    (tmp_path / "bundle.zip").write_bytes(data)
    (tmp_path / "verify.py").write_bytes(unpack(data)["verify.py"])
    done = run("-I", "-S", tmp_path / "verify.py", tmp_path / "bundle.zip", "--key", the_key())
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing was refused; 3 not checked." in done.stdout
    wrong = run("-I", tmp_path / "verify.py", tmp_path / "bundle.zip", "--key", "0" * 64)
    assert (wrong.returncode, "REFUSED." in wrong.stdout) == (1, True)


def test_the_command_needs_a_key_and_says_which_file_it_cannot_read(tmp_path, capsys):
    done = run("-m", "portal.cli", "verify", tmp_path / "none.zip")
    assert (done.returncode, "--key" in done.stderr) == (2, True)
    assert verify.main([str(tmp_path / "none.zip"), "--key", "0" * 64]) == 2
    assert "none.zip" in capsys.readouterr().err


def test_the_command_takes_what_the_auditor_kept_from_files(grown, tmp_path):
    for name, text in (("seen", note_of(2)), ("lead", leading(2, 6))):
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "b.zip").write_bytes(grown[1])
    base = [str(tmp_path / "b.zip"), "--key", the_key(), "--seen", str(tmp_path / "seen")]
    assert verify.main(base) == 2
    assert verify.main([*base, "--consistency", str(tmp_path / "lead")]) == 0


def test_after_a_new_key_a_bundle_made_before_and_one_made_after_both_pass_with_their_own_fingerprint(
    bundle_of, note, settings, tmp_path
):
    entry = note("a proof", digest(canonical_bytes(PROOF)))
    before, old = bundle_of(), the_key()
    settings.VAR_DIR = tmp_path
    with pytest.raises(EntryPending):
        build_bundle(proof=PROOF, entry=entry, not_covered=[])
    sequence_all()
    after = build_bundle(proof=PROOF, entry=entry, not_covered=[])
    assert (check(before, key=old).exit_code, check(after).exit_code) == (0, 0)
    assert (check(before).exit_code, check(after, key=old).exit_code) == (1, 1)
