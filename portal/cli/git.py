"""What git knows: a file as it was at a revision, the commit that is checked out, whether a file was changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.talking import MAX_BYTES, Unreadable

if TYPE_CHECKING:
    import subprocess

PATIENCE_S = 30


def at_revision(file: str, revision: str) -> bytes | None:
    """The bytes of `file` at `revision`; None where it did not exist then. Raises Unreadable with a sentence."""
    if revision.startswith("-") or ":" in revision or not revision:
        raise Unreadable(f"{revision!r} is not a git revision.")
    path = Path(file).resolve()
    known = _git(path.parent, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if known.returncode and revision == "HEAD" and _git(path.parent, "rev-parse", "--git-dir").returncode == 0:
        return None  # nothing was ever committed here
    if known.returncode:
        said = "fetch it first (a shallow clone has only one commit)"
        raise Unreadable(f"git knows no revision {revision} in {path.parent}: {said}.")
    blob = f"{known.stdout.decode().strip()}:./{path.name}"
    if _git(path.parent, "cat-file", "-e", blob).returncode:
        return None
    shown = _git(path.parent, "cat-file", "blob", blob)
    if shown.returncode:
        raise Unreadable(f"git cannot show {file} at {revision}: {_why(shown)}")
    return shown.stdout[: MAX_BYTES + 1]


def head(folder: Path) -> str:
    """The commit that is checked out; empty outside a repository."""
    try:
        found = _git(folder, "rev-parse", "HEAD")
    except Unreadable:
        return ""
    return found.stdout.decode().strip() if found.returncode == 0 else ""


def branch(folder: Path) -> str:
    """The branch that is checked out; empty outside a repository and where a commit is checked out by itself."""
    try:
        found = _git(folder, "symbolic-ref", "--quiet", "--short", "HEAD")
    except Unreadable:
        return ""
    return found.stdout.decode().strip() if found.returncode == 0 else ""


def kept(file: Path) -> bool:
    """Whether git has exactly the bytes that lie there, so that overwriting them loses nothing."""
    try:
        tracked = _git(file.parent, "ls-files", "--error-unmatch", "--", file.name)
        changed = _git(file.parent, "status", "--porcelain", "--", file.name)
    except Unreadable:
        return False
    return tracked.returncode == 0 and changed.returncode == 0 and not changed.stdout.strip()


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    import subprocess  # slow to start, and most calls need no git

    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(  # noqa: S603  # a list, no shell; the revision was checked
            command, capture_output=True, check=False, timeout=PATIENCE_S, env={**os.environ, "LC_ALL": "C"}
        )
    except FileNotFoundError as error:
        raise Unreadable("git is not installed here, or the folder is gone.") from error
    except subprocess.TimeoutExpired as error:
        raise Unreadable(f"git did not answer within {PATIENCE_S} seconds.") from error


def _why(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode("utf-8", "replace").strip()[:300]
