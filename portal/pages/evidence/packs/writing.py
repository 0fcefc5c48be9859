"""Writing a pack to a file: bundles one after the other, then the index, the manifest and its signature.

At no time is more than one bundle in memory. Bundles are stored as they are, since they are compressed already.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from portal.core.evidence import keys
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.domain.leaves import timestamp
from portal.core.evidence.services.bundles import signature_verifier_source, verifier_source
from portal.core.web.spreadsheets import harmless
from portal.pages.evidence.packs.sources import Item

FORMAT = "custody-pack@v1"
NOT_COVERED = (
    "Subjects that were not chosen, and days outside of the period.",
    "What the person who made the pack may not read.",
    "What each bundle says that it does not cover: its own list counts.",
    "That a bundle is right: the manifest shows that it is the one that was packed; verify.py shows whether it holds.",
)


@dataclass(frozen=True)
class Row:
    """One bundle as the index lists it."""

    file: str
    title: str
    at: str
    digest: str
    size: int


@dataclass
class Writer:
    """A ZIP that grows; `rows` are its bundles and `left_out` what could not be packed, with the reason."""

    archive: zipfile.ZipFile
    rows: list[Row] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def add(self, item: Item, data: bytes) -> None:
        """Add one bundle under its name."""
        self._write(item.name, data, zipfile.ZIP_STORED)
        self.rows.append(Row(item.name, item.title, timestamp(item.at), digest(data), len(data)))

    def leave_out(self, item: Item, why: str) -> None:
        """Say what is missing and why."""
        self.left_out.append({"title": item.title, "why": why})

    def finish(self, about: dict[str, Any]) -> str:
        """Add index, manifest, signature, key, verifier and README; returns the manifest's digest."""
        key = keys.server_key()
        context = {"rows": self.rows, "left_out": self.left_out, "not_covered": NOT_COVERED, "about": about}
        context |= {"fingerprint": keys.fingerprint(key.public), "verifier": digest(verifier_source())}
        self._write("index.csv", _csv(self.rows))
        self._write("index.html", render_to_string("evidence/pack_index.html", context).encode())
        self._write("README.txt", render_to_string("evidence/pack_readme.txt", context).encode())
        self._write("verify.py", verifier_source())
        self._write("verify_signatures.py", signature_verifier_source())
        self._write("key.pem", keys.public_pem(key.public))
        document = {
            "format": FORMAT,
            **about,
            "origin": key.name,
            "bundles": len(self.rows),
            "files": self.files,
            "left_out": self.left_out,
            "not_covered": list(NOT_COVERED),
        }
        manifest = canonical_bytes(document)
        self._write("manifest.json", manifest)
        self._write("manifest.sig", key.private.sign(manifest))
        return digest(manifest)

    def _write(self, name: str, data: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.external_attr, info.compress_type = 0o100644 << 16, how
        self.archive.writestr(info, data)
        self.files[name] = digest(data)


def write_pack(path: Path, steps: Iterable[tuple[Item, bytes | str]], about: dict[str, Any]) -> tuple[str, Writer]:
    """Write a pack from items with their bundle, or with the sentence why there is none; (manifest digest, writer)."""
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        writer = Writer(archive)
        for item, made in steps:
            if isinstance(made, bytes):
                writer.add(item, made)
            else:
                writer.leave_out(item, made)
        return writer.finish(about), writer


def _csv(rows: list[Row]) -> bytes:
    """The index for spreadsheets, in which no cell can act as a formula."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["file", "title", "at", "digest", "size"])
    sheet.writerows([harmless(cell) for cell in (row.file, row.title, row.at, row.digest, row.size)] for row in rows)
    return out.getvalue().encode()
