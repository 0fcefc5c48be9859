"""Bundles: one ZIP that lets an auditor check a proof on a laptop, without an account and without trusting us."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from portal.core.clock.services import now
from portal.core.evidence import keys, verify, verify_signatures
from portal.core.evidence.domain import leaves
from portal.core.evidence.domain.canonical import canonical_bytes, digest, has_float
from portal.core.evidence.models import Checkpoint, Entry, Leaf, Timestamp
from portal.core.evidence.selectors import inclusion_proof

RESERVED = {
    *("proof.json", "proof.sig", "proof.tlog", "proof.tsr", "proof.pdf", "verify.py", "README.txt", "key.pem"),
    "tsa-chain.pem",
}
SIGNATURES = "verify_signatures.py"
EXPIRED = Mapping[str, tuple[str, datetime]]


class EntryPending(RuntimeError):
    """The entry has no signed place in the ledger yet; try again in a few seconds."""


def verifier_source() -> bytes:
    """The verifier as it is released: copied into each bundle, and its digest shown on the key page."""
    return Path(verify.__file__).read_bytes()


def signature_verifier_source() -> bytes:
    """The part of the verifier for persons' signatures: copied into bundles that hold some."""
    return Path(verify_signatures.__file__).read_bytes()


def build_bundle(
    *,
    proof: dict[str, Any],
    entry: Entry,
    pdf: bytes | None = None,
    files: dict[str, bytes] | None = None,
    not_covered: list[str],
    expired: EXPIRED | None = None,
) -> bytes:
    """The ZIP for `proof`, a JSON object without fractions, tied to the ledger by `entry`.

    The entry's payload must hold the digest of canonical_bytes(proof), or of one of `files` or the PDF; ValueError
    otherwise, since nothing would tie the bundle to the ledger. `expired` maps names to (digest, when) of files
    whose time was over. Raises EntryPending until a checkpoint by the present key covers the entry.
    """
    if has_float(proof):
        raise ValueError("The proof holds a fraction: give decimals as text, so that every reader sees the same bytes.")
    key, (index, checkpoint) = keys.server_key(), place_of(entry)
    members = {"proof.tlog": inclusion_proof(index, checkpoint).encode(), "key.pem": keys.public_pem(key.public)}
    members |= _extra_files(files or {}) | ({"proof.pdf": pdf} if pdf is not None else {})
    _check_tie(entry, proof, members)
    stamp = Timestamp.objects.filter(checkpoint=checkpoint).first()
    members |= {"proof.tsr": bytes(stamp.token)} if stamp else {}
    members |= {"tsa-chain.pem": stamp.chain.encode()} if stamp and stamp.chain else {}
    members["verify.py"] = verifier_source()
    members["README.txt"] = _readme(key, checkpoint, stamp, members)
    document = canonical_bytes(
        {
            "format": verify.FORMAT,
            "created_at": leaves.timestamp(now()),
            "proof": proof,
            "entry": entry.document(),
            "files": {name: digest(data) for name, data in members.items()},
            "expired": {name: {"digest": was, "on": f"{on:%Y-%m-%d}"} for name, (was, on) in (expired or {}).items()},
            "timestamp": stamp.authority if stamp else "none",
            "not_covered": not_covered,
        }
    )
    return _zip({"proof.json": document, "proof.sig": key.private.sign(document), **members})


def place_of(entry: Entry) -> tuple[int, Checkpoint]:
    """(number, a checkpoint by the present key that covers it) of an entry; raises EntryPending while it has none."""
    leaf = Leaf.objects.filter(entry=entry).first()
    checkpoint = _covering(leaf, keys.server_key().key_id) if leaf else None
    if leaf is None or checkpoint is None:
        raise EntryPending("This entry gets its place in the ledger within seconds: ask for the bundle again then.")
    return leaf.index, checkpoint


def _covering(leaf: Leaf, key_id: str) -> Checkpoint | None:
    """The newest checkpoint over the leaf by the present key; one with a time stamp is better than a newer one."""
    over = Checkpoint.objects.filter(size__gt=leaf.index, key_id=key_id).order_by("-size")
    return over.filter(timestamp__isnull=False).first() or over.first()


def _extra_files(files: dict[str, bytes]) -> dict[str, bytes]:
    for name in files:
        if name in RESERVED or not verify.NAME.fullmatch(name):
            raise ValueError(f"A bundle cannot hold a file called {name!r}: choose a plain name that is not its own.")
    return files


def _check_tie(entry: Entry, proof: dict[str, Any], members: dict[str, bytes]) -> None:
    named = set(entry.payload.values())
    if digest(canonical_bytes(proof)) not in named and not named & {digest(data) for data in members.values()}:
        raise ValueError("The entry names the digest neither of the proof nor of a file, so it would prove nothing.")


def _readme(key: keys.ServerKey, checkpoint: Checkpoint, stamp: Timestamp | None, members: dict[str, bytes]) -> bytes:
    context = {
        "fingerprint": keys.fingerprint(key.public),
        "verifier": digest(members["verify.py"]),
        "origin": key.name,
        "size": checkpoint.size,
        "stamp": stamp,
        "pdf": "proof.pdf" in members,
        "signature_verifier": digest(members[SIGNATURES]) if SIGNATURES in members else "",
        "others": sorted(set(members) - RESERVED - {SIGNATURES}),
    }
    return render_to_string("evidence/bundle_readme.txt", context).encode()


def _zip(members: dict[str, bytes]) -> bytes:
    """The same members give the same bytes: fixed order, fixed date, plain files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr, info.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return target.getvalue()
