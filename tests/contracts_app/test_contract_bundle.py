"""The bundle of a contract's signatures in an auditor's hands: what passes, and a sentence for each way to forge one.

Forgeries are signed again with the portal's own key, as an insider could: what refuses them is the person's signature,
the ledger, or the hash, and never only the seal around the bundle.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import uuid
import zipfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts_app import services
from contracts_app.domain.answers import Said
from portal.core.evidence import keys, verify, verify_signatures
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import EntryPending, sequence_all
from tests.contracts_app.life import again, propose, register_names, sign
from tests.passkeys import PRESENT, SoftPasskey

WAYS = {"ana": "es256", "hal": "eddsa", "pia": None}
"""Ana signs by ECDSA, Hal by Ed25519, Pia by password and code."""


@pytest.fixture
def signed(world) -> Any:
    """The programme's contract with three signatures; its notice runs."""
    register_names(world)
    version = propose(world)
    for name, kind in WAYS.items():
        if kind is None:
            sign(world, name, version)
            continue
        passkey, user = SoftPasskey.enrol(world, name, kind=kind), world.people[name]
        challenge = services.begin_signature(user=user, version=version)
        services.sign(user=user, version=version, challenge_id=challenge.pk, proof=passkey.sign(challenge))
    return again(version)


@pytest.fixture
def files(signed) -> dict[str, bytes]:
    """The bundle, unpacked."""
    sequence_all()
    return unpack(services.build_contract_bundle(signed))


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def the_key() -> str:
    return keys.fingerprint(keys.server_key().public)


def rows_of(files: dict[str, bytes]) -> dict[str, tuple[str, str]]:
    report = verify.verify_bundle(pack(files), the_key())
    return {name: (state, sentence) for name, state, sentence in report.checks}


def forged(files: dict[str, bytes], change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> dict[str, bytes]:
    """The bundle after `change(proof, files)`, its manifest put right, signed again with the portal's own key."""
    document = json.loads(files["proof.json"])
    rest = {name: data for name, data in files.items() if name not in ("proof.json", "proof.sig")}
    change(document["proof"], rest)
    document["files"] = {name: digest(data) for name, data in rest.items()}
    sealed = canonical_bytes(document)
    return {"proof.json": sealed, "proof.sig": keys.server_key().private.sign(sealed), **rest}


def test_an_honest_bundle_shows_each_persons_signature_checked_and_says_what_cannot_be(files) -> None:
    rows = rows_of(files)

    assert {
        name: state for name, (state, _) in rows.items() if name[0].isdigit() or name in ("contract", "life", "signers")
    } == {
        "contract": "OK",
        "life": "OK",
        "signers": "OK",
        **{f"{number} {what}": "OK" for number in (1, 2, 3) for what in ("statement", "server", "ledger")},
        "1 enrolled": "OK",
        "2 enrolled": "OK",
        "1 person": "OK",
        "2 person": "OK",
        "3 person": "not checked",
    }
    assert rows["signers"][1] == "scheduled, signed by producer, accountable, privacy officer."
    assert "signed it at http://localhost:8000, the person verified." in rows["1 person"][1]
    assert "weaker than a passkey" in rows["3 person"][1]
    assert all(state != "FAILED" for state, _ in rows.values())


def test_the_hash_of_contract_json_is_the_canonical_hash_that_everybody_signed(signed, files) -> None:
    assert digest(files["contract.json"]) == signed.digest
    assert files["contract.yaml"] == bytes(signed.authored)


def test_the_bundle_holds_no_name_and_no_address_of_a_signer(world, files) -> None:
    held = b" ".join(
        files[name] for name in files if name not in ("contract.yaml", "contract.json", "change-report.json")
    )
    for name in WAYS:
        assert world.people[name].email.encode() not in held
        assert world.people[name].name.encode() not in held


def test_what_the_bundle_cannot_prove_is_listed_in_it(files) -> None:
    limits = " ".join(json.loads(files["proof.json"])["not_covered"])
    for what in (
        "belongs to the person behind the opaque id",
        "contract.yaml says the same",
        "saw on the screen",
        "eIDAS",
    ):
        assert what in limits


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _put(name: str, at: int = 0) -> Callable[[dict[str, Any], dict[str, bytes], bytes], None]:
    """Writes bytes both into the proof and into the file beside it."""

    def put(proof: dict[str, Any], rest: dict[str, bytes], data: bytes) -> None:
        proof["signatures"][at]["passkey"][verify_signatures.PARTS[name]] = _b64(data)
        rest[f"signatures/{at + 1}/{name}"] = data

    return put


def _client(**said: Any) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    def change(proof: dict[str, Any], rest: dict[str, bytes]) -> None:
        now = json.loads(rest["signatures/1/clientData.json"]) | said
        _put("clientData.json")(proof, rest, json.dumps(now, separators=(",", ":")).encode())

    return change


def _flip(name: str, at: int, signer: int = 0) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    def change(proof: dict[str, Any], rest: dict[str, bytes]) -> None:
        data = bytearray(rest[f"signatures/{signer + 1}/{name}"])
        data[at] ^= 0x01
        _put(name, signer)(proof, rest, bytes(data))

    return change


def _unverified(proof: dict[str, Any], rest: dict[str, bytes]) -> None:
    data = rest["signatures/1/authenticatorData.bin"]
    _put("authenticatorData.bin")(proof, rest, data[:32] + bytes([PRESENT]) + data[33:])


def _another_key(proof: dict[str, Any], rest: dict[str, bytes]) -> None:
    _put("key.der")(proof, rest, rest["signatures/2/key.der"])


def _edit(path: str, value: Any) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    def change(proof: dict[str, Any], _rest: dict[str, bytes]) -> None:
        *steps, last = path.split(".")
        place: Any = proof
        for step in steps:
            place = place[int(step)] if step.isdigit() else place[step]
        place[last] = value

    return change


def _statement(field: int, value: str) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    """A statement rewritten and countersigned anew, as whoever holds the portal's key could."""

    def change(proof: dict[str, Any], rest: dict[str, bytes]) -> None:
        said = json.loads(proof["signatures"][0]["statement"])
        said[field] = value
        data = canonical_bytes(said)
        proof["signatures"][0]["statement"] = data.decode()
        countersigned = keys.server_key().private.sign(data)
        proof["signatures"][0]["server"]["signature"] = _b64(countersigned)
        rest |= {"signatures/1/statement.json": data, "signatures/1/countersignature.bin": countersigned}

    return change


def _another_contract(_proof: dict[str, Any], rest: dict[str, bytes]) -> None:
    rest["contract.json"] = rest["contract.json"].replace(b"365", b"999")


def _no_passkey(proof: dict[str, Any], _rest: dict[str, bytes]) -> None:
    del proof["signatures"][0]["passkey"]
    proof["signatures"][0]["method"] = "password_totp"


def _dropped(proof: dict[str, Any], _rest: dict[str, bytes]) -> None:
    del proof["signatures"][1]


def _twice(proof: dict[str, Any], _rest: dict[str, bytes]) -> None:
    proof["signatures"][1] = proof["signatures"][0] | {"role": "accountable"}


def _swapped_entries(proof: dict[str, Any], rest: dict[str, bytes]) -> None:
    rest["signatures/1/entry.tlog"] = rest["signatures/2/entry.tlog"]


def _wrong_countersignature(proof: dict[str, Any], _rest: dict[str, bytes]) -> None:
    other = Ed25519PrivateKey.generate().sign(proof["signatures"][0]["statement"].encode())
    proof["signatures"][0]["server"]["signature"] = _b64(other)


def _invented(proof: dict[str, Any], rest: dict[str, bytes]) -> None:
    """A passkey made by the forger, who signs the true statement with it and rewrites the entry of its adding."""
    made, at = SoftPasskey(), proof["signatures"][0]
    answer = made.answer(sha256(at["statement"].encode()).digest())["response"]
    for name, sent in (("clientData.json", "clientDataJSON"), ("authenticatorData.bin", "authenticatorData")):
        _put(name)(proof, rest, urlsafe_b64decode(answer[sent] + "=="))
    _put("signature.der")(proof, rest, urlsafe_b64decode(answer["signature"] + "=="))
    _put("key.der")(proof, rest, made.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    at["passkey"] |= {"public_key": "AAAA", "credential": digest(made.id), "sign_count": made.count}
    at["enrolled"]["payload"] = {"credential": digest(made.id), "key": digest(urlsafe_b64decode("AAAA"))}


def _another_adding(proof: dict[str, Any], rest: dict[str, bytes]) -> None:
    at = proof["signatures"][0]
    at["enrolled"]["payload"]["key"] = "sha256:" + "0" * 64


def _never_happened(proof: dict[str, Any], rest: dict[str, bytes]) -> None:
    """An acceptance that nobody gave, with the place of an entry that exists."""
    invented = proof["life"][0] | {"kind": "contracts:answer:accepted"}
    proof["life"].append(invented)
    rest["life.json"] = canonical_bytes([*json.loads(rest["life.json"]), json.loads(rest["life.json"])[0]])


def _life_of_another(proof: dict[str, Any], _rest: dict[str, bytes]) -> None:
    proof["life"][0]["payload"]["digest"] = "sha256:" + "0" * 64


def _another_report(_proof: dict[str, Any], rest: dict[str, bytes]) -> None:
    rest["change-report.json"] = b"{}"


def _later(proof: dict[str, Any], _rest: dict[str, bytes]) -> None:
    proof["signatures"][0]["entry"]["at"] = "2030-01-01T00:00:00.000000Z"


FORGERIES = {
    "the contract": (_another_contract, "contract", "does not hash to"),
    "a bit of clientDataJSON": (_flip("clientData.json", 30), "1 person", ""),
    "the challenge": (_client(challenge=_b64(bytes(32))), "1 person", "another challenge than this statement"),
    "the origin": (_client(origin="https://example.net"), "1 person", "used at https://example.net, not at"),
    "the ceremony": (_client(type="webauthn.create"), "1 person", "not an assertion"),
    "the frame": (_client(crossOrigin=True), "1 person", "inside a page of somebody else"),
    "an extra word of the client": (_client(extra=1), "1 person", "not by the passkey that the bundle names"),
    "the site's hash": (_flip("authenticatorData.bin", 3), "1 person", "not for localhost (rpIdHash)"),
    "the verified flag": (_unverified, "1 person", "The person was not verified"),
    "the counter": (_flip("authenticatorData.bin", 36), "1 person", "counter is not the one"),
    "the person's signature": (_flip("signature.der", -1), "1 person", "not by the passkey"),
    "the person's Ed25519 signature": (_flip("signature.der", 5, 1), "2 person", "not by the passkey"),
    "the public key": (_another_key, "1 person", "not by the passkey"),
    "the site and its address": (_edit("signatures.0.passkey.rp_id", "example.net"), "1 person", "not an address of"),
    "the hash in the statement": (_statement(1, "sha256:" + "0" * 64), "1 statement", "about another hash"),
    "the version in the statement": (_statement(2, "9.9.9"), "1 statement", "about another version"),
    "the person in the statement": (_statement(4, "somebody"), "1 statement", "about another person"),
    "the nonce of the statement": (_statement(5, "0" * 32), "1 person", "another challenge"),
    "the countersignature": (_wrong_countersignature, "1 server", "not by the key you gave"),
    "a passkey passed off as a password": (_no_passkey, "1 ledger", "names another method and proof"),
    "a signature left out": (_dropped, "signers", "It is scheduled without accountable"),
    "one person in two roles": (_twice, "signers", "One person signed in two roles"),
    "the place in the ledger": (_swapped_entries, "1 ledger", "is not number"),
    "a passkey invented for the person": (_invented, "1 enrolled", "is not number"),
    "an invented passkey's signature, in the ledger": (_invented, "1 ledger", "names another proof"),
    "the key of the adding": (_another_adding, "1 enrolled", "has another key"),
    "an answer that nobody gave": (_never_happened, "life", "is not number"),
    "what happened to another version": (_life_of_another, "life", "is about another hash"),
    "the change report": (_another_report, "life", "another change report"),
    "the roles that have to sign": (_edit("contract.roles", ["producer"]), "life", "names other roles"),
    "the state": (_edit("contract.state", "proposed"), "life", "says that it is scheduled, not proposed"),
    "the time in the ledger": (_later, "1 ledger", "is not number"),
}


@pytest.mark.parametrize(("change", "row", "why"), FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_by_whoever_holds_the_portals_key_is_refused_with_a_sentence(files, change, row, why) -> None:
    rows = rows_of(forged(files, change))

    assert rows["signature"][0] == "OK", "the seal around it is the portal's own"
    state, sentence = rows[row]
    assert (state, why in sentence) == ("FAILED", True), rows


def test_a_file_for_openssl_that_differs_from_the_proof_is_refused(files) -> None:
    for name in ("statement.json", "countersignature.bin", *verify_signatures.PARTS):
        rows = rows_of(forged(files, lambda _proof, rest, name=name: rest.update({f"signatures/1/{name}": b"{}"})))
        assert any(f"{name} is not what proof.json holds" in said for state, said in rows.values() if state == "FAILED")


def test_a_bundle_of_before_a_key_change_says_that_the_countersignature_was_not_checked(files) -> None:
    rows = rows_of(forged(files, _edit("signatures.0.server.key", "old+00000000")))
    assert rows["1 server"] == ("not checked", "Countersigned with the key old+00000000; the one you gave is another.")


def test_the_two_files_of_the_verifier_run_alone_and_without_the_second_nothing_is_called_ok(files, tmp_path) -> None:
    (tmp_path / "bundle.zip").write_bytes(pack(files))
    for name in ("verify.py", "verify_signatures.py"):
        (tmp_path / name).write_bytes(files[name])

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", "verify.py", "bundle.zip", "--key", the_key()]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    whole = run()
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "OK           1 person    Passkey" in whole.stdout
    (tmp_path / "verify_signatures.py").unlink()
    alone = run()
    assert alone.returncode == 2
    assert "not checked  signatures  verify_signatures.py is not beside this file" in alone.stdout


def test_the_commands_that_the_bundle_prints_find_the_same_with_openssl_alone(signed, files, tmp_path) -> None:
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)

    said: list[str] = []
    for line in files["SIGNATURES.txt"].decode().splitlines():
        if line.strip().startswith(("sha256sum", "cat", "openssl", "head", "printf", "tail")):
            done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert "rror" not in done.stderr or "dgst" in line, (line, done.stderr)
            said.append(done.stdout.strip())

    everything = "\n".join(said)
    assert said[0].startswith(signed.digest.removeprefix("sha256:"))
    assert everything.count("Verified OK") == 1, "Ana's, by ECDSA"
    assert everything.count("Signature Verified Successfully") == 3, "the portal's"
    challenge = said[2]
    assert json.loads(files["signatures/1/clientData.json"])["challenge"] == challenge
    assert urlsafe_b64decode(challenge + "=")
    assert "05" in said


def test_the_bundle_is_refused_with_a_reason_before_anybody_signed_and_while_the_ledger_is_behind(world) -> None:
    register_names(world)
    version = propose(world)
    with pytest.raises(services.Refused, match="Nobody has signed"):
        services.build_contract_bundle(version)

    sign(world, "ana", version)
    with pytest.raises(EntryPending, match="within seconds"):
        services.build_contract_bundle(version)
    sequence_all()
    rows = rows_of(unpack(services.build_contract_bundle(version)))
    assert rows["signers"][1] == "proposed, signed by producer; missing: accountable, privacy officer."


def test_the_button_gives_the_bundle_to_who_may_read_the_evidence(world, signed) -> None:
    sequence_all()
    page = world.client("aud").get(f"/contracts/{signed.contract_id}/?version={signed.pk}&tab=signatures")
    assert "Evidence bundle" in page.content.decode()

    answer = world.client("aud").get(f"/contracts/versions/{signed.pk}/evidence/")

    assert answer["Content-Disposition"] == 'attachment; filename="customer_events_v1-1.2.0.zip"'
    assert all(state != "FAILED" for state, _ in rows_of(unpack(answer.content)).values())
    assert world.client("otto").get(f"/contracts/versions/{signed.pk}/evidence/").status_code == 403


def test_while_the_ledger_is_behind_the_page_says_so(world, signed) -> None:
    answer = world.client("aud").get(f"/contracts/versions/{signed.pk}/evidence/", follow=True)
    assert "within seconds" in answer.content.decode()


def test_what_consumers_answered_is_in_the_bundle_as_entries_of_the_ledger(world, signed) -> None:
    team, key = world.analytics.pk, uuid.uuid4()
    services.answer(user=world.cleo, version=signed, team_id=team, said=Said.ACCEPTED, reason="", key=key)
    sequence_all()

    state, sentence = rows_of(unpack(services.build_contract_bundle(again(signed))))["life"]

    assert state == "OK"
    assert "version proposed" in sentence
    assert sentence.count("version signed") == 3
    assert "answer accepted" in sentence


OTHER = (None, 7, "x", [], {}, [None], {"a": 1}, "sha256:" + "0" * 64)
UNBOUND = {"strength"}
"""Words for people: what they describe, the method, is named by the ledger."""


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for name, each in below for place in _places(each, (*path, name)))]


def _exchange(path: tuple[Any, ...], value: Any) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    def change(proof: dict[str, Any], _rest: dict[str, bytes]) -> None:
        place: Any = proof
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def _other_than(value: Any, number: int) -> Any:
    """Something else than the value, of a kind that changes from place to place."""
    turned = OTHER[number % len(OTHER) :] + OTHER[: number % len(OTHER)]
    return next(each for each in turned if each != value)


def _valued(node: Any, path: tuple[Any, ...]) -> Any:
    return _valued(node[path[0]], path[1:]) if path else node


def test_nothing_in_the_proof_can_be_exchanged_unseen_and_nothing_makes_the_verifier_fall_over(files) -> None:
    proof = json.loads(files["proof.json"])["proof"]
    alike = {("signatures", 1), *(("life", number) for number in range(1, 9))}  # as the first of their list
    paths = [path for path in _places(proof)[1:] if path[:2] not in alike]
    for number, path in enumerate(paths):
        value = _other_than(_valued(proof, path), number)
        report = verify.verify_bundle(pack(forged(files, _exchange(path, value))), the_key())
        assert report.exit_code == 1 or path[-1] in UNBOUND, (path, report.text())


def test_the_pdf_is_in_the_bundle_once_somebody_had_it_made(world, signed) -> None:
    sequence_all()
    assert "proof.pdf" not in unpack(services.build_contract_bundle(signed))
    asked = services.ask_for_export(user=world.aud, version=signed, format_key="pdf")
    services.make_export(asked.pk)

    bundle = unpack(services.build_contract_bundle(signed))

    assert bundle["proof.pdf"].startswith(b"%PDF-")
    assert all(state != "FAILED" for state, _ in rows_of(bundle).values())
