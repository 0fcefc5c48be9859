"""Checking an uploaded pack: its own manifest, then each bundle with the verifier that bundles carry.

The upload is hostile until shown otherwise: numbers, sizes and names are bounded before anything is unpacked, and one
member at a time is in memory.
"""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from portal.core.evidence import keys, verify
from portal.core.evidence.verify import NotChecked, Report, need, verify_bundle
from portal.pages.evidence.packs.writing import FORMAT

MAX_MEMBERS = 2000
MAX_MEMBER = 64 * 1024 * 1024
MAX_UNPACKED = 1024 * 1024 * 1024
MAX_BUNDLES = 300
Lead = Callable[[bytes], str]


@dataclass
class PackReport:
    """The checks of the pack itself, and one report for each bundle that was checked."""

    pack: Report = field(default_factory=Report)
    bundles: list[tuple[str, Report]] = field(default_factory=list)

    @property
    def refused(self) -> list[str]:
        """The bundles that were refused."""
        return [name for name, report in self.bundles if report.exit_code == 1]

    @property
    def exit_code(self) -> int:
        """1 where the pack or any bundle was refused, else 2 where something asked for was not possible, else 0."""
        codes = [self.pack.exit_code, *(report.exit_code for _, report in self.bundles)]
        return 1 if 1 in codes else max(codes)


def is_pack(file: IO[bytes]) -> bool:
    """Whether the upload is meant as a pack: a ZIP with a manifest and no proof of its own."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except verify.BROKEN_ZIP:
        return False
    return "manifest.json" in names and "proof.json" not in names


def check_pack(file: IO[bytes], key: str, seen: str = "", lead: Lead | None = None) -> PackReport:
    """Every check of a pack; `lead` gives the consistency proof from `seen` to a bundle's checkpoint."""
    found = PackReport()
    try:
        with zipfile.ZipFile(file) as archive:
            _check(found, archive, key, seen, lead)
    except verify.BROKEN_ZIP as error:
        found.pack.checks.append(("container", verify.FAILED, f"The ZIP is damaged: {type(error).__name__}."))
    return found


def _check(found: PackReport, archive: zipfile.ZipFile, key: str, seen: str, lead: Lead | None) -> None:
    report = found.pack
    names = report.run("container", _container, archive)
    if names is None:
        return
    manifest = report.run("manifest", _manifest, archive, names)
    public = report.run("key", _key, archive, names, key)
    report.run("signature", _signature, archive, names, public)
    report.run("files", _files, archive, names, manifest)
    report.not_covered = list(manifest["not_covered"]) if manifest else []
    bundles = [name for name in names if name.endswith(".zip")]
    report.run("bundles", _bundles, bundles)
    for name in bundles[:MAX_BUNDLES]:
        data = _read(archive, name)
        found.bundles.append((name, verify_bundle(data, key, seen, consistency=lead(data) if lead else "")))


def _container(archive: zipfile.ZipFile) -> tuple[str, list[str]]:
    members = archive.infolist()
    names = [member.filename for member in members]
    need(len(names) <= MAX_MEMBERS, f"It holds {len(names)} files; this page checks at most {MAX_MEMBERS}.")
    need(len({name.lower() for name in names}) == len(names), "It holds a file twice.")
    need(sum(each.file_size for each in members) <= MAX_UNPACKED, "Unpacked it is too large (a ZIP bomb?).")
    for member in members:
        need(member.file_size <= MAX_MEMBER, f"{member.filename!r} is too large.")
        plain = stat.S_IFMT(member.external_attr >> 16) in (0, stat.S_IFREG) and not member.flag_bits & 1
        need(verify.NAME.fullmatch(member.filename) and plain, f"{member.filename!r} is not a plain file's name.")
    return f"{len(names)} plain files.", names


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member, never more than was declared and bounded."""
    with archive.open(name) as member:
        data = member.read(MAX_MEMBER + 1)
    need(len(data) <= MAX_MEMBER, f"{name!r} is larger than it says.")
    return data


def _manifest(archive: zipfile.ZipFile, names: list[str]) -> tuple[str, dict[str, Any]]:
    need("manifest.json" in names, "manifest.json is missing.")
    data = _read(archive, "manifest.json")
    document: dict[str, Any] = json.loads(data)
    need(verify.canonical(document) == data, "manifest.json is not in its canonical form (RFC 8785).")
    need(document["format"] == FORMAT, f"manifest.json is not in the format {FORMAT}.")
    return f"{document['bundles']} bundles of {document['since']} to {document['until']}.", document


def _key(archive: zipfile.ZipFile, names: list[str], wanted: str) -> tuple[str, bytes]:
    need("key.pem" in names, "key.pem is missing.")
    try:
        public = load_pem_public_key(_read(archive, "key.pem"))
    except UnsupportedAlgorithm:
        public = None  # type: ignore[assignment]
    if not isinstance(public, Ed25519PublicKey):
        raise verify.Refused("key.pem is not an Ed25519 public key.")
    given = "sha256:" + wanted.strip().lower().removeprefix("sha256:")
    here = keys.fingerprint(public.public_bytes_raw())
    need(here == given, f"The pack is signed by {here}, not by the key you gave.")
    return f"{here} is the key you gave.", public.public_bytes_raw()


def _signature(archive: zipfile.ZipFile, names: list[str], public: bytes | None) -> tuple[str, bool]:
    if public is None:
        raise NotChecked("It needs the right key.")
    need("manifest.sig" in names, "manifest.sig is missing.")
    good = verify.ed25519_ok(public, _read(archive, "manifest.json"), _read(archive, "manifest.sig"))
    need(good, "manifest.json was changed after it was signed, or somebody else signed it.")
    return "The key signed manifest.json (Ed25519).", True


def _files(archive: zipfile.ZipFile, names: list[str], manifest: dict[str, Any] | None) -> tuple[str, bool]:
    if manifest is None:
        raise NotChecked("It needs a sound manifest.")
    listed = manifest["files"]
    extra = sorted(set(names) - set(listed) - {"manifest.json", "manifest.sig"})
    need(not extra, f"In the ZIP, but not named by manifest.json: {', '.join(extra[:5])}.")
    for name in sorted(listed):
        need(name in names, f"{name} is named by manifest.json, but missing.")
        need(verify.digest(_read(archive, name)) == listed[name], f"{name} is not the file that manifest.json names.")
    return f"{len(listed)} files have the digests that manifest.json names.", True


def _bundles(bundles: list[str]) -> tuple[str, bool]:
    if len(bundles) > MAX_BUNDLES:
        raise NotChecked(f"Only the first {MAX_BUNDLES} of {len(bundles)}: check the others on your own machine.")
    return f"Each of {len(bundles)} is checked below.", True
