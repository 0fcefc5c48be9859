"""`custody slos FORM`: writes the SLOs as OpenSLO, for Sloth, or as the catalog in Markdown."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from portal.cli.connection import add_connection, portal_of
from portal.cli.talking import Unreadable, again, parser, undecided
from portal.client.answers import PortalAway, PortalRefused

FORMS = ("openslo", "sloth", "catalog")


def main(argv: Sequence[str]) -> int:
    """Write the file, or print it; with `--check`, 1 where the file is not what the portal says."""
    options_of = parser("slos", "Write the SLOs as OpenSLO, for Sloth, or as the catalog in Markdown.")
    options_of.add_argument("form", choices=FORMS, metavar="FORM", help=", ".join(FORMS))
    only = options_of.add_mutually_exclusive_group()
    only.add_argument("--slo", type=int, metavar="NUMBER", help="only this one")
    only.add_argument("--team", metavar="SLUG", help="only those of this team")
    options_of.add_argument("--file", type=Path, metavar="FILE", help="where to (default: standard output)")
    options_of.add_argument("--check", action="store_true", help="write nothing; fail where FILE differs")
    add_connection(options_of)
    options = options_of.parse_args(argv)
    if options.check and options.file is None:
        options_of.error("there is no file to check. Name one with --file FILE.")
    try:
        return _deliver(options, _asked(options))
    except Unreadable as error:
        return undecided(str(error), again("slos", argv))


def _asked(options: argparse.Namespace) -> bytes:
    chosen = {name: value for name in ("slo", "team") if (value := getattr(options, name)) is not None}
    query = f"?{urlencode(chosen)}" if chosen else ""
    try:
        return portal_of(options).get(f"slos/export/{options.form}{query}", accept="*/*")
    except (PortalAway, PortalRefused) as error:
        raise Unreadable(str(error)) from error


def _deliver(options: argparse.Namespace, content: bytes) -> int:
    file: Path | None = options.file
    if options.check and file is not None:
        same = file.exists() and file.read_bytes() == content
        sys.stdout.write(f"{file} {'is' if same else 'is not'} what the portal says.\n")
        return 0 if same else 1
    if file is None:
        sys.stdout.buffer.write(content)
        return 0
    _write(file, content)
    sys.stdout.write(f"{file} written, {len(content)} bytes.\n")
    return 0


def _write(file: Path, content: bytes) -> None:
    """All or nothing."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        os.replace(partial, file)
    except OSError as error:
        raise Unreadable(f"{file} cannot be written: {error.strerror}.") from error
