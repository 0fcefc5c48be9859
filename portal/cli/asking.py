"""What the gate is asked: the manifest, the contract files' hashes and bytes, the commit, the image, and events."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from contracts_app.domain.document import Loaded
from portal.cli import git
from portal.cli.talking import Unreadable
from portal.gates.domain.manifest import Manifest, Touched

MOST_EVENTS = 5 * 1024 * 1024
BRANCHES = ("GITHUB_REF_NAME", "CI_COMMIT_BRANCH", "GIT_BRANCH")
COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT")
IMAGES = ("IMAGE_TAG", "IMAGE")


def request_of(
    manifest: Manifest, files: dict[Touched, tuple[str, Loaded]], options: argparse.Namespace, rerun: str
) -> dict[str, Any]:
    """The body of the question; raises Unreadable where the events cannot be read."""
    return {
        "job": {"namespace": manifest.namespace, "name": manifest.name},
        "commit": options.commit or manifest.commit or _first(COMMITS) or git.head(options.file.parent),
        "branch": options.branch or _first(BRANCHES).removeprefix("origin/") or git.branch(options.file.parent),
        "image": options.image or manifest.image or _first(IMAGES),
        "ci_url": _ci_url(),
        "command": rerun,
        "file": str(options.file),
        "writes": [_touched(touched, files.get(touched)) for touched in manifest.writes],
        "reads": [_touched(touched, None) for touched in manifest.reads],
        "events": _events(options.events) if options.events else [],
    }


def _touched(touched: Touched, file: tuple[str, Loaded] | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "asset": touched.asset, "contract": touched.contract, "version": touched.version, "line": touched.line,
    }  # fmt: skip
    if file is not None:
        name, loaded = file
        said |= {"file": name, "digest": loaded.digest or "", "content": loaded.source.text}
        document = loaded.document
        said["contract"] = touched.contract or (document.name if document else "")
        said["version"] = touched.version or (document.version if document else "")
    return said


def _events(file: Path) -> list[Any]:
    """The events of a JSON array, one object, or one object a line."""
    try:
        with file.open("rb") as content:
            text = content.read(MOST_EVENTS + 1)
    except OSError as error:
        raise Unreadable(f"The events {file} cannot be read: {error.strerror}.") from error
    if len(text) > MOST_EVENTS:
        raise Unreadable(f"{file} has more than {MOST_EVENTS} bytes; keep this run's events only.")
    try:
        found = json.loads(text)
    except ValueError:
        found = _lines(file, text)
    return found if isinstance(found, list) else [found]


def _lines(file: Path, text: bytes) -> list[Any]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except ValueError:
                raise Unreadable(f"{file}:{number}: this line is no JSON event.") from None
    return found


def _first(names: tuple[str, ...]) -> str:
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def _ci_url() -> str:
    """The page of this CI run, where the CI says it."""
    env = os.environ.get
    if env("CI_JOB_URL"):
        return str(env("CI_JOB_URL"))
    parts = [env("GITHUB_SERVER_URL"), env("GITHUB_REPOSITORY"), env("GITHUB_RUN_ID")]
    return f"{parts[0]}/{parts[1]}/actions/runs/{parts[2]}" if all(parts) else ""
