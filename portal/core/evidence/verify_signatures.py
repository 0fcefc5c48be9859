"""Check each person's signature in a bundle, offline; verify.py calls this file, which lies beside it.

Take both from the release, not from the bundle that they are to judge. A passkey's signature is checked as WebAuthn
Level 3 section 7.2 lists it: over this hash (challenge), at the portal's address, with the person verified, by the key
that the portal attests. Kinds of key: ECDSA over P-256 (FIPS 186-5), RSASSA-PKCS1-v1_5 (RFC 8017), Ed25519 (RFC 8032).
Imports nothing of verify.py: that hands itself over as `v`, whose `need` refuses with a sentence.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import urlsplit

DOMAIN, GIVEN, ENROLLED = "custody.sign.v1", "signing:signature:given", "identity:passkey:added"
WAIVER = "custody-waiver@v1"
PRESENT, VERIFIED = 0x01, 0x04
IN_FORCE = ("scheduled", "active", "deprecated", "retired")
PROPOSED, ENDED = "contracts:version:proposed", "contracts:version:ended"
STATES = {
    PROPOSED: "proposed",
    "contracts:version:scheduled": "scheduled",
    "contracts:version:activated": "active",
    "contracts:version:withdrawn": "withdrawn",
}
MOVES = {*STATES, ENDED}
PARTS = {
    "clientData.json": "client_data",
    "authenticatorData.bin": "authenticator_data",
    "signature.der": "person_signature",
    "key.der": "public_key_spki",
}

# The curve P-256: y^2 = x^3 - 3x + B over the field P, with the base point G of order N (FIPS 186-5, SP 800-186).
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int]
# What stands in DER before the bare key of each kind; RSA keys have no fixed length.
P256_KEY = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
ED25519_KEY = bytes.fromhex("302a300506032b6570032100")
RSA_KEY = bytes.fromhex("300d06092a864886f70d0101010500")
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def _sum(a: Point | None, b: Point | None) -> Point | None:
    """Addition on the curve; None is the point at infinity."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _times(scalar: int, point: Point | None) -> Point | None:
    total = None
    while scalar:
        total = _sum(total, point) if scalar & 1 else total
        point, scalar = _sum(point, point), scalar >> 1
    return total


def _der(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """(content, what follows) of one DER value; ValueError when it is not of this tag or is cut short."""
    at, size = 2, data[1]
    if size & 0x80:
        at, size = 2 + (size & 0x7F), int.from_bytes(data[2 : 2 + (size & 0x7F)], "big")
    if data[0] != tag or len(data) < at + size:
        raise ValueError("not DER")
    return data[at : at + size], data[at + size :]


def _two_numbers(data: bytes) -> tuple[int, int]:
    """The two INTEGERs of a DER SEQUENCE: (r, s) of a signature, (modulus, exponent) of an RSA key."""
    body, after = _der(data, 0x30)
    first, rest = _der(body, 0x02)
    second, over = _der(rest, 0x02)
    if after or over:
        raise ValueError("more than two numbers")
    return int.from_bytes(first, "big"), int.from_bytes(second, "big")


def p256_ok(key: bytes, message: bytes, signature: bytes) -> bool:
    """ECDSA with SHA-256 by the key's two coordinates (64 bytes); the signature is DER."""
    x, y = int.from_bytes(key[:32], "big"), int.from_bytes(key[32:], "big")
    r, s = _two_numbers(signature)
    if len(key) != 64 or (y * y - x * x * x + 3 * x - B) % P or not (0 < r < N and 0 < s < N):
        return False
    hashed, inverse = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, N)
    point = _sum(_times(hashed * inverse % N, G), _times(r * inverse % N, (x, y)))
    return point is not None and point[0] % N == r


def rsa_ok(key: bytes, message: bytes, signature: bytes) -> bool:
    """RSASSA-PKCS1-v1_5 with SHA-256; the key is DER from its BIT STRING on."""
    modulus, exponent = _two_numbers(_der(key, 0x03)[0][1:])
    size = (modulus.bit_length() + 7) // 8
    tail = b"\x00" + SHA256_INFO + hashlib.sha256(message).digest()
    wanted = b"\x00\x01" + b"\xff" * (size - len(tail) - 2) + tail
    opened = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
    return size >= 256 and len(signature) == size and opened == wanted


def signature_ok(v: Any, key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key (SubjectPublicKeyInfo in DER) signed the message; NotChecked for unknown kinds of key."""
    if key.startswith(P256_KEY):
        return p256_ok(key[len(P256_KEY) :], message, signature)
    if key.startswith(ED25519_KEY):
        return bool(v.ed25519_ok(key[len(ED25519_KEY) :], message, signature))
    body = _der(key, 0x30)[0] if key else b""
    if body.startswith(RSA_KEY):
        return rsa_ok(body[len(RSA_KEY) :], message, signature)
    raise v.NotChecked("This verifier does not know the kind of the passkey's key.")


def _base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_contract(v: Any, files: dict[str, bytes], proof: dict[str, Any]) -> tuple[str, bool]:
    """contract.json is the canonical form, so its digest is the hash that was signed."""
    hashed, data = proof["contract"]["digest"], files.get("contract.json", b"")
    v.need(v.digest(data) == hashed, f"contract.json does not hash to {hashed}, which was signed.")
    said = json.loads(data)
    named = (str(said["name"]), str(said["version"]))
    v.need(named == (proof["contract"]["name"], proof["contract"]["version"]), "contract.json is of another version.")
    return f"contract.json of {' '.join(named)} hashes to {hashed}.", True


def check_signers(v: Any, proof: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Each role once, by a person of its own; none missing where the version is past its proposal."""
    given, contract = proof["signatures"], proof["contract"]
    roles, people = [each["role"] for each in given], {each["user"] for each in given}
    v.need(len(set(roles)) == len(roles), "A role signed twice.")
    v.need(len(people) == len(given), "One person signed in two roles.")
    missing = [role for role in contract["roles"] if role not in roles]
    v.need(not missing or contract["state"] not in IN_FORCE, f"It is {contract['state']} without {', '.join(missing)}.")
    lacks = f"; missing: {', '.join(missing)}" if missing else ""
    return f"{contract['state']}, signed by {', '.join(roles) or 'nobody'}{lacks}.", given


def check_approvals(v: Any, files: dict[str, bytes], proof: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """A deletion's approvals: the signatures in signatures.json are those that the proof names, over its plan."""
    given, named = json.loads(files["signatures.json"]), proof["approvals"]
    v.need(named, "The proof names no approval.")
    v.need(files.get("artifact.json") == v.canonical(proof), "proof.json says something else than artifact.json.")
    has = [(each["role"], each["user"], each["strength"], each["entry"]["payload"]["digest"]) for each in given]
    needs = [(each["role"], each["approver"], each["strength"], _signed(v, each, proof)) for each in named]
    v.need(has == needs, "signatures.json does not hold the approvals of this plan that the proof names.")
    return f"The plan was approved by {', '.join(each['role'].replace('_', ' ') for each in given)}.", given


def _signed(v: Any, approval: dict[str, Any], proof: dict[str, Any]) -> str:
    """What an approver signed: the plan's digest, or that of a list of digests which holds the plan's."""
    listed = approval.get("signed_list")
    if listed is None:
        return str(proof["plan_digest"])
    v.need(proof["plan_digest"] in listed, "This plan is not in the list that was approved.")
    return str(v.digest(v.canonical({"approves": listed})))


def check_waiver(v: Any, files: dict[str, bytes], proof: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """A waiver: waiver.json is what was signed, by one person."""
    v.need(v.digest(files["waiver.json"]) == proof["digest"], "waiver.json is not what was signed: its digest differs.")
    given = json.loads(files["signatures.json"])
    v.need(len(given) == 1, "A waiver has one signature.")
    return f"It was waived by {given[0]['role'].replace('_', ' ')} until {proof['expires_at']}.", given


def check_statement(
    v: Any, files: dict[str, bytes], contract: dict[str, Any], where: str, given: dict[str, Any]
) -> tuple[str, bytes]:
    """The statement is over this hash and version, in this role, by this person, with a nonce."""
    said = json.loads(given["statement"])
    v.need(v.canonical(said).decode() == given["statement"], "The statement is not in its canonical form.")
    wanted = [DOMAIN, contract["digest"], contract.get("version", said[2]), given["role"], given["user"]]
    names = ("protocol", "hash", "version", "role", "person")
    rows = zip(names, said, wanted)  # noqa: B905 - strict came with Python 3.10
    other = [name for name, has, needs in rows if has != needs]
    v.need(not other, f"The statement is about another {' and '.join(other)} than the bundle says.")
    v.need(len(said) == 6 and re.fullmatch("[0-9a-f]{32}", said[5]), "The statement has no nonce.")
    _same_file(v, files, where + "statement.json", given["statement"].encode())
    return f"{given['role'].replace('_', ' ')} states: this hash, version {said[2]}.", given["statement"].encode()


def check_person(
    v: Any, files: dict[str, bytes], where: str, given: dict[str, Any], statement: bytes | None
) -> tuple[str, bool]:
    """The passkey signed this statement's hash, at the portal's address, with the person verified."""
    if not given.get("passkey"):
        raise v.NotChecked(f"By {given['method']}, which only the portal saw: {given['strength']}.")
    v.need(statement, "There is no sound statement that it could be about.")
    kept = given["passkey"]
    client, data, signature, key = (_base64url(kept[name]) for name in PARTS.values())
    for name, field in PARTS.items():
        _same_file(v, files, where + name, _base64url(kept[field]))
    _check_client(v, json.loads(client), kept, hashlib.sha256(statement or b"").digest())
    _check_authenticator(v, data, kept)
    good = signature_ok(v, key, data + hashlib.sha256(client).digest(), signature)
    v.need(good, "The signature is not by the passkey that the bundle names.")
    return f"Passkey {kept['credential'][7:19]} signed it at {kept['origin']}, the person verified.", True


def _same_file(v: Any, files: dict[str, bytes], name: str, held: bytes) -> None:
    v.need(files.get(name) == held, f"{name} is not what proof.json holds.")


def _check_client(v: Any, said: dict[str, Any], kept: dict[str, Any], challenge: bytes) -> None:
    """What the browser wrote down: which ceremony, which challenge, which page."""
    host, site = urlsplit(kept["origin"]).hostname or "", kept["rp_id"]
    v.need(said["type"] == "webauthn.get", "It is not an assertion (clientDataJSON, type).")
    v.need(_base64url(said["challenge"]) == challenge, "The passkey signed another challenge than this statement.")
    v.need(said["origin"] == kept["origin"], f"The passkey was used at {said['origin']}, not at {kept['origin']}.")
    v.need(host == site or host.endswith("." + site), f"{kept['origin']} is not an address of {site}.")
    v.need(not said.get("crossOrigin"), "The passkey was used inside a page of somebody else.")


def _check_authenticator(v: Any, data: bytes, kept: dict[str, Any]) -> None:
    """What the authenticator wrote down: which site, who was there, its counter (section 6.1)."""
    v.need(len(data) >= 37, "The authenticator's data are cut short.")
    v.need(data[:32] == hashlib.sha256(kept["rp_id"].encode()).digest(), f"It is not for {kept['rp_id']} (rpIdHash).")
    v.need(data[32] & PRESENT and data[32] & VERIFIED, "The person was not verified: no PIN, fingerprint or face.")
    v.need(int.from_bytes(data[33:37], "big") == kept["sign_count"], "The counter is not the one that is named.")


def check_server(
    v: Any, files: dict[str, bytes], where: str, given: dict[str, Any], key: tuple[str, bytes | None]
) -> tuple[str, bool]:
    """The portal's countersignature of the statement, by the key that was given."""
    origin, public = key
    name, signature = given["server"]["key"], _base64url(given["server"]["signature"])
    own = f"{origin}+{hashlib.sha256(origin.encode() + bytes([10, 1]) + (public or b'')).digest()[:4].hex()}"
    if public is None or name != own:
        raise v.NotChecked(f"Countersigned with the key {name}; the one you gave is another.")
    good = v.ed25519_ok(public, given["statement"].encode(), signature)
    v.need(good, "The countersignature is not by the key you gave.")
    _same_file(v, files, where + "countersignature.bin", signature)
    return "Countersigned by the portal, with the key you gave.", True


def check_ledger(
    v: Any, files: dict[str, bytes], where: str, given: dict[str, Any], key: tuple[str, bytes | None]
) -> tuple[str, bool]:
    """The signature's own entry names all this, and stands in the ledger."""
    entry, public = given["entry"], key[1]
    wanted = {
        "method": given["method"],
        "role": given["role"],
        "key": given["server"]["key"],
        "statement": v.digest(given["statement"].encode()),
        "proof": v.digest(v.canonical(given["passkey"])) if given.get("passkey") else "none",
    }
    other = sorted(name for name, value in wanted.items() if entry["payload"][name] != value)
    v.need(not other, f"The ledger's entry names another {' and '.join(other)}.")
    v.need(entry["kind"] == GIVEN and entry["actor"]["id"] == given["user"], "The entry is not of this person.")
    index, size = _in_ledger(v, entry, files[where + "entry.tlog"].decode(), public)
    return f"Entry {index} of {size} in the ledger, made on {entry['at']}.", True


def check_enrolled(
    v: Any, files: dict[str, bytes], where: str, given: dict[str, Any], key: tuple[str, bytes | None]
) -> tuple[str, bool]:
    """The passkey's key entered the ledger, for this person, before it signed."""
    if "enrolled" not in given:
        raise v.NotChecked("The ledger's entry of adding this passkey is not in the bundle.")
    entry, kept = given["enrolled"], given["passkey"]
    wanted = {"credential": kept["credential"], "key": v.digest(_base64url(kept["public_key"]))}
    v.need(entry["payload"] == wanted, "The passkey that was added has another key.")
    v.need(entry["kind"] == ENROLLED and entry["actor"]["id"] == given["user"], "The entry is not of this person.")
    index, _ = _in_ledger(v, entry, files[where + "enrolled.tlog"].decode(), key[1])
    later, _, _ = v.parse_proof(files[where + "entry.tlog"].decode(), "index")
    v.need(index < later, "The passkey was added after it signed.")
    return f"The person added this passkey on {entry['at']}, entry {index}.", True


def check_life(v: Any, files: dict[str, bytes], proof: dict[str, Any], public: bytes | None) -> tuple[str, bool]:
    """What happened to these bytes, as entries of the ledger that name the hash: proposed, answered, in force."""
    entries, places, contract = proof["life"], json.loads(files["life.json"]), proof["contract"]
    v.need(len(entries) == len(places), "life.json does not prove each entry.")
    for entry in entries:
        v.need(entry["payload"]["digest"] == contract["digest"], f"{entry['kind']} is about another hash.")
    numbers = [_in_ledger(v, *row, public)[0] for row in zip(entries, places)]  # noqa: B905 - strict: Python 3.10
    v.need(numbers == sorted(set(numbers)), "The entries are not in the order of the ledger.")
    proposed = [entry["payload"] for entry in entries if entry["kind"] == PROPOSED][-1]
    v.need(proposed["roles"] == ", ".join(contract["roles"]), "The ledger names other roles that have to sign.")
    v.need(proposed["report"] == v.digest(files["change-report.json"]), "The ledger names another change report.")
    states = [STATES.get(entry["kind"]) or entry["payload"]["state"] for entry in entries if entry["kind"] in MOVES]
    v.need(states[-1] == contract["state"], f"The ledger says that it is {states[-1]}, not {contract['state']}.")
    told = [f"{entry['kind'].split(':', 1)[1].replace(':', ' ')} {entry['at'][:10]}" for entry in entries]
    return f"{len(entries)} entries in the ledger: {', '.join(told)}.", True


def _in_ledger(v: Any, entry: dict[str, Any], proof: str, public: bytes | None) -> tuple[int, int]:
    """(number, size of the tree) of an entry, proved under a checkpoint of the key."""
    index, path, note = v.parse_proof(proof, "index")
    _, size, root = v.parse_checkpoint(note)
    v.need(public and v.note_signed(note, public), "The checkpoint is not signed by the key you gave.")
    leaf = hashlib.sha256(b"\x00" + v.canonical(entry)).digest()
    v.need(v.inclusion_ok(leaf, index, size, path, root), f"The entry is not number {index} of that ledger.")
    return index, size


def add_rows(v: Any, report: Any, files: dict[str, bytes], proof: Any, key: tuple[str, bytes | None]) -> None:
    """Rows of what was signed, then four or five for each signature.

    `key` is (the ledger's name, the trusted public key). What was signed: a contract, a waiver, the plan of a deletion.
    """
    if proof.get("format") == v.CONTRACT:
        report.run("contract", check_contract, v, files, proof)
        report.run("life", check_life, v, files, proof, key[1])
        given, subject = report.run("signers", check_signers, v, proof), proof.get("contract")
    elif proof.get("format") == WAIVER:
        given, subject = report.run("waiver", check_waiver, v, files, proof), {"digest": proof.get("digest")}
    else:
        given = report.run("approvals", check_approvals, v, files, proof)
        subject = {"digest": _signed(v, proof["approvals"][0], proof)} if given else None
    for number, each in enumerate(given or [], 1):
        where = f"signatures/{number}/"
        said = report.run(f"{number} statement", check_statement, v, files, subject, where, each)
        report.run(f"{number} person", check_person, v, files, where, each, said)
        report.run(f"{number} server", check_server, v, files, where, each, key)
        report.run(f"{number} ledger", check_ledger, v, files, where, each, key)
        if each.get("passkey"):
            report.run(f"{number} enrolled", check_enrolled, v, files, where, each, key)
