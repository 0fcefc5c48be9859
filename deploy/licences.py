"""Writes docs/licences.md from the metadata of what is installed: `python deploy/licences.py`.

Listed is what requirements/*.in and package.json name, and what they bring under a licence with duties of its own.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
SETS = {
    "base": "The gate and the verifier",
    "server": "The portal",
    "embedded": "Private servers for a laptop or a test",
    "dev": "Development and tests; not part of an installation",
}
BROUGHT_ALONG = {"server": ["certifi", "psycopg-binary"]}
NOTES = {
    "psycopg": "LGPL: used unmodified as a library of its own, which a user can replace.",
    "psycopg-binary": "LGPL, like psycopg; it carries libpq and OpenSSL.",
    "certifi": "MPL 2.0, file by file: used unmodified. It comes with other packages.",
    "pikepdf": "MPL 2.0, file by file: used unmodified.",
    "fido2": "BSD, with parts from Google under Apache 2.0 and the public suffix list under MPL 2.0: used unmodified.",
    "hypothesis": "MPL 2.0: tests only.",
    "axe-core": "MPL 2.0: tests only, not shipped.",
    "djlint": "GPL: a tool that reads our templates; nothing of it is shipped or imported.",
}
HEAD = """# Licences

Custody is under the Apache License 2.0. It contains no third-party source; these are the packages that it names, with
the version installed where this page was written (`python deploy/licences.py`, compared by a test). The lock files
under `requirements/` and `package-lock.json` pin what these bring along.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, title in SETS.items():
        parts.append(_table(f"{title} (`requirements/{name}.in`)", [_python(each) for each in _named(name)]))
    parts.append(_table("Front end (`package.json`)", [_npm(name) for name in _npm_named()]))
    return "\n".join(parts)


def _named(name: str) -> list[str]:
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    asked = [re.match(r"[A-Za-z0-9._-]+", line) for line in lines if line and not line.startswith(("#", "-"))]
    return sorted({found.group().lower() for found in asked if found} | set(BROUGHT_ALONG.get(name, [])))


def _python(name: str) -> tuple[str, str, str, str]:
    known = metadata(name)
    return name, known["Version"], licence_of(known), NOTES.get(name, "")


def licence_of(known: PackageMetadata) -> str:
    """The SPDX expression where the package gives one, else its classifiers, else the first line of its text."""
    if known.get("License-Expression"):
        return str(known["License-Expression"])
    classifiers = [c.rsplit(" :: ", 1)[1] for c in known.get_all("Classifier") or [] if c.startswith("License ::")]
    if classifiers and classifiers != ["OSI Approved"]:
        return ", ".join(classifiers)
    first = (known.get("License") or "").strip().splitlines()
    if not first:
        raise SystemExit(f"{known['Name']} states no licence: look at its files, then decide whether it may stay.")
    return first[0].rstrip()


def _npm_named() -> list[str]:
    manifest = json.loads((ROOT / "package.json").read_text())
    return sorted({**manifest["dependencies"], **manifest["devDependencies"]})


def _npm(name: str) -> tuple[str, str, str, str]:
    known = json.loads((ROOT / "node_modules" / name / "package.json").read_text())
    return name, known["version"], known["license"], NOTES.get(name, "")


def _table(title: str, rows: list[tuple[str, str, str, str]]) -> str:
    lines = [f"## {title}", "", "| package | version | licence | note |", "|---|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows), ""])


if __name__ == "__main__":
    PAGE.write_text(page())
