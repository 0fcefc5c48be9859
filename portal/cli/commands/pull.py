"""`custody pull [NAME…]`: writes the exact signed bytes of active contracts, each checked against its signed hash."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from contracts_app.domain.document import load
from portal.cli import git
from portal.cli.commands.lint import AUTHOR
from portal.cli.connection import add_connection, portal_of
from portal.cli.report import Case, Outcome, Problem, Report
from portal.cli.talking import Unreadable, add_output, again, content_of, parser, say, undecided
from portal.client.answers import PortalAway, PortalRefused, as_object

if TYPE_CHECKING:
    from portal.client.portal import Portal

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")  # as contracts are named: no way out of the folder


def main(argv: Sequence[str]) -> int:
    """Write each active contract as DIR/NAME.yaml; 1 where a file would be lost or a hash does not fit."""
    options_of = parser("pull", "Write the exact signed bytes of the active contracts.")
    options_of.add_argument("names", nargs="*", metavar="NAME", help="contracts; none: every active one")
    options_of.add_argument("--dir", type=Path, default=Path(), metavar="DIR", help="where to (default: here)")
    options_of.add_argument("--check", action="store_true", help="write nothing; fail where a file differs")
    options_of.add_argument("--force", action="store_true", help="overwrite files that git does not have")
    add_connection(options_of)
    add_output(options_of)
    options = options_of.parse_args(argv)
    try:
        cases = _pull(options)
    except Unreadable as error:
        return undecided(str(error), again("pull", argv))
    data = {"files": [{"file": case.name, "ok": case.outcome is Outcome.PASS, "said": case.said} for case in cases]}
    return say(Report("custody pull", cases, data, again("pull", argv)), options)


def _pull(options: argparse.Namespace) -> list[Case]:
    portal = portal_of(options)
    try:
        wanted = _wanted(portal, options.names)
        signed = ((name, portal.get(_path(name), accept="application/yaml"), digest) for name, digest in wanted)
        return [_one(options, *each) for each in signed]
    except (PortalAway, PortalRefused) as error:
        raise Unreadable(str(error)) from error


def _wanted(portal: Portal, names: list[str]) -> list[tuple[str, str]]:
    """Names and signed hashes; raises Unreadable where one is no contract's name."""
    for name in names:
        if not NAME.fullmatch(name):
            raise Unreadable(f"{name!r} is no contract's name.")
    if names:
        answers = (as_object(portal.get(_path(name))) for name in names)
    else:
        answers = (row for page in _pages(portal) for row in page)
    return [_named(answer) for answer in answers]


def _pages(portal: Portal) -> Iterator[list[Any]]:
    after = ""
    while True:
        page = as_object(portal.get(f"contracts?after={quote(after)}"))
        yield page.get("contracts", [])
        after = str(page.get("next") or "")
        if not after:
            return


def _named(answer: dict[str, Any]) -> tuple[str, str]:
    name, digest = str(answer.get("name", "")), str(answer.get("canonical_hash", ""))
    if not NAME.fullmatch(name):
        raise Unreadable("The portal named a contract by a name that no contract has; nothing was written.")
    return name, digest


def _path(name: str) -> str:
    return f"contracts/{quote(name)}/active"


def _one(options: argparse.Namespace, name: str, content: bytes, digest: str) -> Case:
    """Write one contract, or say why not."""
    file: Path = options.dir / f"{name}.yaml"
    if load(content).digest != digest:
        said = "These bytes do not have the hash that was signed."
        problem = Problem("pull.hash", said, file=str(file), line=1, who="an administrator of the portal")
        return Case(str(file), Outcome.FAIL, "not written", [problem])
    there = content_of(str(file)) if file.exists() else None
    if there == content:
        return Case(str(file), Outcome.PASS, f"is the signed {digest}")
    if options.check:
        todo = f"custody pull {name}, or propose it: custody push {file}"
        said = "This file is not the signed contract."
        problem = Problem("pull.differs", said, file=str(file), line=1, who=AUTHOR, todo=todo)
        return Case(str(file), Outcome.FAIL, "differs" if there is not None else "is missing", [problem])
    if there is not None and not options.force and not git.kept(file):
        todo = "Commit it first, or give --force."
        said = "It was changed and git does not have it."
        problem = Problem("pull.unsaved", said, file=str(file), line=1, who=AUTHOR, todo=todo)
        return Case(str(file), Outcome.FAIL, "not written", [problem])
    _write(file, content)
    return Case(str(file), Outcome.PASS, f"written, {digest}")


def _write(file: Path, content: bytes) -> None:
    """All or nothing, and never through a link."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        os.replace(partial, file)
    except OSError as error:
        raise Unreadable(f"{file} cannot be written: {error.strerror}.") from error
