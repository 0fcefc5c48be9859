#!/usr/bin/env python3
"""Check a Custody evidence bundle offline, with the Python standard library alone (3.9 or newer).

    python3 -I verify.py BUNDLE.zip --key FINGERPRINT [--seen CHECKPOINT [--consistency FILE]] [--tsa-ca PEM]

Take this file from the release, not from the bundle that it is to judge; compare its SHA-256 with the key page.
FINGERPRINT comes from the key page or from an earlier bundle; a bundle never vouches for its own key.
A check whose input is missing says "not checked", never OK.
Exit codes: 0 nothing was refused; 1 refused; 2 could not decide (wrong use, or a check you asked for was not possible).
Standards: RFC 8032 (Ed25519), RFC 8785 (canonical JSON), RFC 6962 and 9162 (Merkle proofs), C2SP signed-note,
tlog-checkpoint, tlog-proof and tlog-witness, RFC 3161 (time stamps, through `openssl`).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib.util
import io
import json
import re
import shutil
import stat
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

OK, FAILED, NOT_CHECKED, OWN_TIME = "OK", "FAILED", "not checked", "self-timestamped"
FORMAT, CONTRACT, TLOG = "custody-bundle@v1", "custody-contract@v1", "c2sp.org/tlog-proof@v1"
MAX_FILES, MAX_BYTES = 64, 128 * 1024 * 1024
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,3}")
SPKI = bytes.fromhex("302a300506032b6570032100")  # DER before the 32 bytes of an Ed25519 key (RFC 8410)
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError)
Tree = tuple[int, list[bytes], str, str, int, bytes]  # index, path, note, origin, size, root


class Refused(Exception):
    """A check that failed; the text says why."""


class NotChecked(Exception):
    """A check whose input is missing; the text says which."""


@dataclass
class Report:
    """Rows of (name, state, sentence), what the bundle says it does not cover, and which checks were asked for."""

    checks: list[tuple[str, str, str]] = field(default_factory=list)
    not_covered: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def run(self, name: str, check: Callable[..., tuple[str, Any]], *args: object) -> Any:
        """Add the row of one check and return what it found; None when it did not pass."""
        try:
            sentence, found = check(*args)
        except NotChecked as reason:
            self.checks.append((name, NOT_CHECKED, str(reason)))
        except Refused as reason:
            self.checks.append((name, FAILED, str(reason)))
        except MALFORMED as error:
            self.checks.append((name, FAILED, f"It is not well formed ({type(error).__name__})."))
        else:
            self.checks.append((name, OK, sentence))
            return found
        return None

    @property
    def exit_code(self) -> int:
        """0 nothing refused, 1 refused, 2 a check that was asked for was not possible."""
        if any(state == FAILED for _, state, _ in self.checks):
            return 1
        return 2 if any(state == NOT_CHECKED and name in self.asked for name, state, _ in self.checks) else 0

    @property
    def verdict(self) -> str:
        """The whole report in one line."""
        left = sum(state == NOT_CHECKED for _, state, _ in self.checks)
        return "REFUSED." if self.exit_code == 1 else f"Nothing was refused; {left} not checked."

    def text(self) -> str:
        """The report as lines for a person."""
        rows = [f"{state:<12} {name:<11} {sentence}" for name, state, sentence in self.checks]
        limits = [f"  - {item}" for item in self.not_covered] or ["  (it names nothing)"]
        return "\n".join([*rows, "", "Not covered, as the bundle itself says:", *limits, "", self.verdict])


def need(condition: object, sentence: str) -> None:
    """Refuse with the sentence unless the condition holds."""
    if not condition:
        raise Refused(sentence)


def digest(data: bytes) -> str:
    """The name of some bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785 for what bundles hold: objects, lists, text, integers, true, false and null."""

    def write(item: Any) -> str:
        if isinstance(item, dict):
            names = sorted(item, key=lambda name: name.encode("utf-16-be"))
            return "{" + ",".join(write(name) + ":" + write(item[name]) for name in names) + "}"
        if isinstance(item, list):
            return "[" + ",".join(map(write, item)) + "]"
        need(not isinstance(item, float), "A number with a fraction is not allowed; it must be text.")
        return json.dumps(item, ensure_ascii=False)

    return write(value).encode()


# Ed25519, RFC 8032 section 5.1, verification only; a point is (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
Point = tuple[int, int, int, int]
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _add(a: Point, b: Point) -> Point:
    minus, plus = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = plus - minus, d - c, d + c, plus + minus
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        total = _add(total, point) if scalar & 1 else total
        point, scalar = _add(point, point), scalar >> 1
    return total


def _point(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_ok(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is by the key `public` (32 bytes)."""
    scalar = int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or scalar >= Q:
        return False
    try:
        key, nonce = _point(public), _point(signature[:32])
    except ValueError:
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = _times(scalar, BASE), _add(nonce, _times(hashed, key))
    return all((left[axis] * right[2] - right[axis] * left[2]) % P == 0 for axis in (0, 1))


# Merkle proofs, RFC 9162 sections 2.1.3.2 and 2.1.4.2.
def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _climb(number: int, last: int, path: list[bytes], old: bytes, new: bytes) -> tuple[bytes, bytes] | None:
    """Both roots that the path leads to, or None when it is too long or too short for the tree."""
    for step in path:
        if last == 0:
            return None
        if number & 1 or number == last:
            old, new = _pair(step, old), _pair(step, new)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            new = _pair(new, step)
        number, last = number >> 1, last >> 1
    return None if last else (old, new)


def inclusion_ok(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the leaf hash stands at `index` in the tree of `size` leaves with this root."""
    roots = _climb(index, size - 1, path, leaf, leaf) if 0 <= index < size else None
    return roots is not None and roots[1] == root


def consistency_ok(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the tree of `new` leaves continues the one of `old` leaves without a change."""
    if old in (0, new):
        return not path and old_root == (new_root if old else hashlib.sha256(b"").digest())
    if not 0 < old < new or not path:
        return False
    first, *rest = path if old & (old - 1) else [old_root, *path]
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    return _climb(number, last, rest, first, first) == (old_root, new_root)


# The text formats of C2SP.
def _hash(line: str) -> bytes:
    data = base64.b64decode(line, validate=True)
    need(len(data) == 32 and base64.b64encode(data).decode() == line, "A hash is not 32 bytes in base 64.")
    return data


def parse_checkpoint(note: str) -> tuple[str, int, bytes]:
    """(origin, size, root) of a checkpoint, signed or not."""
    origin, size, root = note.split("\n")[:3]
    return origin, int(size), _hash(root)


def note_signed(note: str, public: bytes) -> bool:
    """Whether the note bears a signature of the key under its own origin."""
    text, _, tail = note.rpartition("\n\n")
    text, origin = text + "\n", text.split("\n", 1)[0]
    key_id = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    for line in tail.splitlines():
        dash, name, signature = line.split(" ")
        data = base64.b64decode(signature, validate=True)
        if (dash, name, data[:4]) == ("\u2014", origin, key_id):
            return ed25519_ok(public, text.encode(), data[4:])
    return False


def parse_proof(text: str, word: str) -> tuple[int, list[bytes], str]:
    """(number after `word`, hashes, checkpoint) of an inclusion ("index") or consistency ("old") proof."""
    head, _, note = text.partition("\n\n")
    lines = [line for line in head.split("\n") if line]
    if word == "index":
        need(lines.pop(0) == TLOG, f"The proof does not begin with {TLOG}.")
    name, number = lines[0].split(" ")
    need(name == word, f"The proof names no {word}.")
    return int(number), [_hash(line) for line in lines[1:]], note


# The checks; each returns a sentence and what it found.
def read_files(data: bytes) -> tuple[str, dict[str, bytes]]:
    """The members of the ZIP, bounded in number and size before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            need(len(names) <= MAX_FILES, f"It holds {len(names)} files; a bundle has at most {MAX_FILES}.")
            need(len({name.lower() for name in names}) == len(names), "It holds a file twice.")
            need(sum(member.file_size for member in members) <= MAX_BYTES, "Unpacked it is too large (a ZIP bomb?).")
            for member in members:
                plain = stat.S_IFMT(member.external_attr >> 16) in (0, stat.S_IFREG)
                need(NAME.fullmatch(member.filename) and plain, f"{member.filename!r} is not a plain file's name.")
            return f"{len(names)} plain files.", {name: archive.read(name) for name in names}
    except BROKEN_ZIP as error:
        raise Refused(f"The ZIP is damaged: {error}.") from error


def _read_proof(files: dict[str, bytes]) -> tuple[str, dict[str, Any]]:
    need("proof.json" in files, "proof.json is missing.")
    document = json.loads(files["proof.json"])
    need(canonical(document) == files["proof.json"], "proof.json is not in its canonical form (RFC 8785).")
    need(document["format"] == FORMAT, f"proof.json is not in the format {FORMAT}.")
    return "proof.json is canonical.", document


def _check_files(files: dict[str, bytes], document: dict[str, Any]) -> tuple[str, dict[str, str]]:
    listed: dict[str, str] = document["files"]
    extra = sorted(set(files) - set(listed) - {"proof.json", "proof.sig"})
    need(not extra, f"In the ZIP, but not named by proof.json: {', '.join(extra)}.")
    for name in sorted(listed):
        need(name in files, f"{name} is named by proof.json, but missing.")
        need(digest(files[name]) == listed[name], f"{name} is not the file that proof.json names: its digest differs.")
    return f"{len(listed)} files have the digests that proof.json names.", listed


def _check_key(files: dict[str, bytes], wanted: str) -> tuple[str, bytes]:
    wanted = "sha256:" + wanted.strip().lower().removeprefix("sha256:")
    need(re.fullmatch(r"sha256:[0-9a-f]{64}", wanted), "--key is not a fingerprint (64 hexadecimal digits).")
    need("key.pem" in files, "key.pem is missing.")
    lines = files["key.pem"].decode().split("\n")
    der = base64.b64decode("".join(line for line in lines if not line.startswith("-----")), validate=True)
    need(len(der) == 44 and der.startswith(SPKI), "key.pem is not an Ed25519 public key.")
    need(digest(der) == wanted, f"The bundle is signed by {digest(der)}, not by the key you gave.")
    return f"{wanted} is the key you gave.", der[12:]


def _check_signature(files: dict[str, bytes], public: bytes | None) -> tuple[str, bool]:
    need("proof.sig" in files, "proof.sig is missing.")
    good = public and ed25519_ok(public, files["proof.json"], files["proof.sig"])
    need(good, "proof.sig is not the signature of proof.json by the key you gave.")
    return "proof.sig is that key's signature of proof.json.", True


def _check_checkpoint(files: dict[str, bytes], public: bytes | None) -> tuple[str, Tree]:
    need("proof.tlog" in files, "proof.tlog is missing: the entry is not in the ledger yet (pending).")
    index, path, note = parse_proof(files["proof.tlog"].decode(), "index")
    origin, size, root = parse_checkpoint(note)
    need(public and note_signed(note, public), "The checkpoint is not signed by the key you gave.")
    return f"{origin} had {size} entries, signed by that key.", (index, path, note, origin, size, root)


def _check_ledger(document: dict[str, Any], tree: Tree | None) -> tuple[str, bool]:
    if tree is None:
        raise NotChecked("There is no checkpoint to trust, so the entry cannot be looked up.")
    index, path, _, _, size, root = tree
    need(index < size, f"Entry {index} is not in a tree of {size} entries (pending).")
    leaf = hashlib.sha256(b"\x00" + canonical(document["entry"])).digest()
    need(inclusion_ok(leaf, index, size, path, root), f"The entry is not number {index} of that tree.")
    return f"The entry {document['entry']['kind']} is number {index} of {size}.", True


def _check_binding(document: dict[str, Any], listed: dict[str, str] | None) -> tuple[str, bool]:
    named = set(document["entry"]["payload"].values())
    bound = [name for name, value in (listed or {}).items() if value in named]
    bound = ["the proof"] if digest(canonical(document["proof"])) in named else bound
    need(bound, "The entry names the digest neither of the proof nor of a file in this bundle.")
    return f"The entry names the digest of {bound[0]}.", True


def _check_seen(tree: Tree | None, seen: str, consistency: str) -> tuple[str, bool]:
    if not seen or tree is None:
        raise NotChecked("Give --seen CHECKPOINT, one that you kept, to see that the ledger only grew.")
    (_, _, _, origin, size, root), (old_origin, old, old_root) = tree, parse_checkpoint(seen)
    need(origin == old_origin, f"Your checkpoint is of {old_origin}, this one of {origin}.")
    if size == old:
        need(root == old_root, f"There are two trees of {size} entries: the ledger was forked.")
        return f"It is the tree of {size} entries that you saw.", True
    if not consistency:
        need(size > old, f"Its tree has {size} entries, yours {old}: an old checkpoint, or a ledger cut short.")
        raise NotChecked(f"Give --consistency FILE, from the portal: /evidence/consistency?from={old}&to={size}")
    (small, first), (large, second) = sorted([(old, old_root), (size, root)])
    start, path, _ = parse_proof(consistency, "old")
    need(start == small, f"The consistency file starts at {start} entries, not at {small}.")
    continues = consistency_ok(small, large, path, first, second)
    need(continues, f"The tree of {large} entries does not continue the one of {small}: the ledger was forked.")
    return f"The tree of {large} entries continues the one of {small}.", True


def stamped_at(note: str, token: bytes, *, ca: str, chain: bytes = b"") -> datetime:
    """When the authority of the PEM file `ca` saw the checkpoint; `chain` holds certificates between it and the token.

    Raises Refused when the token is not this authority's stamp of it, NotChecked without openssl.
    """
    import subprocess  # here, since beside the portal's own files it would load its `selectors.py`

    openssl = shutil.which("openssl")
    if not openssl:
        raise NotChecked("A time stamp needs openssl, which is not on this machine.")
    with tempfile.TemporaryDirectory() as folder:
        given = {"note": note.encode(), "tsr": token, "chain": chain}
        paths = {name: str(Path(folder, name)) for name in given}
        for name, data in given.items():
            Path(paths[name]).write_bytes(data)
        between = ["-untrusted", paths["chain"]] if chain else []
        asked = [openssl, "ts", "-verify", "-data", paths["note"], "-in", paths["tsr"], "-CAfile", ca, *between]
        good = subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed words
        asked = [openssl, "ts", "-reply", "-in", paths["tsr"], "-text"]
        shown = subprocess.run(asked, capture_output=True, check=False).stdout.decode()  # noqa: S603 - fixed words
    need(good, "proof.tsr is not this authority's time stamp of the checkpoint.")
    words = re.search(r"Time stamp: (\w+ +\d+ [\d:]+)[.\d]* (\d+) GMT", shown)
    return datetime.strptime(" ".join(words.groups() if words else ()) + " +0000", "%b %d %H:%M:%S %Y %z")


def _check_time(
    files: dict[str, bytes], document: dict[str, Any], tree: Tree | None, authority: str
) -> tuple[str, bool]:
    if "proof.tsr" not in files:
        raise NotChecked("There is no proof.tsr: no time-stamp authority has seen this checkpoint.")
    if not (authority and tree):
        raise NotChecked("proof.tsr needs openssl, and --tsa-ca PEM with the authority's certificate.")
    stamped = stamped_at(tree[2], files["proof.tsr"], ca=authority, chain=files.get("tsa-chain.pem", b""))
    made = datetime.fromisoformat(document["created_at"].replace("Z", "+00:00"))
    early = f"It says it was made on {made}, before its own time stamp: back-dated."
    need(made >= stamped - timedelta(minutes=5), early)
    ours = "; its own authority, so this proves nothing against it" if document["timestamp"] == OWN_TIME else ""
    return f"The checkpoint existed on {stamped}, says the authority{ours}.", True


def _check_rest(files: dict[str, bytes], document: dict[str, Any]) -> tuple[str, bool]:
    gone = [f"{name} expired on {row['on']}." for name, row in sorted(document["expired"].items())]
    pdf = "The signature inside it is for pdfsig; its digest is checked above."
    raise NotChecked(" ".join([*gone, pdf if "proof.pdf" in files else "There is no proof.pdf in this bundle."]))


def _run_signatures(
    report: Report, files: dict[str, bytes], document: dict[str, Any], tree: Tree | None, public: bytes | None
) -> None:
    """Persons' signatures are checked by verify_signatures.py, which lies beside this file."""
    given = document.get("proof")
    proof = given if isinstance(given, dict) else {}
    if proof.get("format") != CONTRACT and not any(name.startswith("signatures") for name in files):
        return
    beside = Path(__file__).with_name("verify_signatures.py")
    spec = importlib.util.spec_from_file_location("verify_signatures", beside) if beside.is_file() else None
    if spec is None or spec.loader is None:
        report.asked.add("signatures")
        lacking = "verify_signatures.py is not beside this file: take both from the release."
        report.checks.append(("signatures", NOT_CHECKED, lacking))
        return
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.add_rows(sys.modules[__name__], report, files, proof, (tree[3] if tree else "", public))


def verify_bundle(data: bytes, key: str, seen: str = "", *, consistency: str = "", tsa_ca: str = "") -> Report:
    """Check a bundle (the bytes of its ZIP) against the fingerprint of a key.

    `seen` and `consistency` are texts, as the files hold them; `tsa_ca` is the path of a PEM file.
    """
    report = Report(asked={name for name, given in (("seen", seen), ("timestamp", tsa_ca)) if given})
    files = report.run("container", read_files, data)
    document = report.run("proof", _read_proof, files) if files is not None else None
    if document is None:
        return report
    limits = document.get("not_covered")
    report.not_covered = [str(item) for item in limits] if isinstance(limits, list) else []
    listed = report.run("files", _check_files, files, document)
    public = report.run("key", _check_key, files, key)
    report.run("signature", _check_signature, files, public)
    tree = report.run("checkpoint", _check_checkpoint, files, public)
    report.run("ledger", _check_ledger, document, tree)
    report.run("binding", _check_binding, document, listed)
    _run_signatures(report, files, document, tree, public)
    report.run("seen", _check_seen, tree, seen, consistency)
    report.run("timestamp", _check_time, files, document, tree, tsa_ca)
    report.run("rest", _check_rest, files, document)
    return report


def main(argv: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="custody verify", description="Check an evidence bundle offline.")
    parser.add_argument("bundle", type=Path, help="the ZIP file")
    parser.add_argument("--key", required=True, help="fingerprint of the signing key, from the key page")
    parser.add_argument("--seen", type=Path, help="file with a checkpoint that you kept")
    parser.add_argument("--consistency", type=Path, help="file that leads from the older checkpoint to the newer")
    parser.add_argument("--tsa-ca", default="", help="certificate (PEM) of the time-stamp authority")
    given = parser.parse_args(argv)
    try:
        data = given.bundle.read_bytes()
        seen, consistency = (path.read_text("utf-8") if path else "" for path in (given.seen, given.consistency))
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"A file cannot be read: {error}\n")
        return 2
    report = verify_bundle(data, given.key, seen, consistency=consistency, tsa_ca=given.tsa_ca)
    sys.stdout.write(report.text() + "\n")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
