"""Where the running code comes from: commit, repository, branch and path, from CI's variables, else from `.git`.

The folder `.git` is read as files, no program is started; a linked worktree's pointer is followed. Credentials in a
remote's address never leave this module.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from portal.client.lineage.facets import job_facet, without_nothing

COMMITS = ("GIT_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA", "BITBUCKET_COMMIT", "BUILD_SOURCEVERSION", "CIRCLE_SHA1")
REPOSITORIES = (
    "GIT_URL",
    "CI_PROJECT_URL",
    "BITBUCKET_GIT_HTTP_ORIGIN",
    "BUILD_REPOSITORY_URI",
    "CIRCLE_REPOSITORY_URL",
)
BRANCHES = (
    "GIT_BRANCH",
    "GITHUB_REF_NAME",
    "CI_COMMIT_REF_NAME",
    "BITBUCKET_BRANCH",
    "BUILD_SOURCEBRANCHNAME",
    "CIRCLE_BRANCH",
)
PULL_REQUESTS = ("CI_MERGE_REQUEST_IID", "BITBUCKET_PR_ID", "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER")
_SHA = re.compile(r"[0-9a-f]{7,64}")
_SCP = re.compile(r"(?:[^@/:]+@)?([^/:]+\.[^/:]+|[^/:]{2,}):(?!//)(.+)")


@dataclass(frozen=True)
class Code:
    """A commit of a repository, as far as it is known; empty text where it is not."""

    commit: str = ""
    repository: str = ""
    branch: str = ""
    pull_request: str = ""
    root: Path | None = None

    def as_facet(self, path: str = "") -> dict[str, Any] | None:
        """The sourceCodeLocation facet for a file at `path` in the repository; None where nothing is known."""
        if not self.commit and not self.repository:
            return None
        said = {
            "repoUrl": self.repository,
            "path": path,
            "version": self.commit,
            "branch": self.branch,
            "pullRequestNumber": self.pull_request,
        }
        return job_facet("sourceCodeLocation", type="git", url=self._address(path), **without_nothing(said))

    def _address(self, path: str) -> str:
        """Where a reader finds the file, as its host spells it; the repository where it is not known."""
        if not self.repository:
            return f"urn:git:{self.commit}"
        if not self.commit or not path or not self.repository.startswith("http"):
            return self.repository
        between = "/-/blob" if "gitlab" in (urlsplit(self.repository).hostname or "") else "/blob"
        return f"{self.repository.removesuffix('.git')}{between}/{self.commit}/{quote(path)}"


def code_of(start: Path | None, environment: Mapping[str, str] = os.environ) -> Code:
    """The commit that the folder `start` belongs to: what CI says first, else what git has checked out there."""

    def said(names: tuple[str, ...]) -> str:
        return next((environment[name] for name in names if environment.get(name)), "")

    root, folder = _find(start) if start else (None, None)
    repository = said(REPOSITORIES) or _github(environment) or (_remote(folder) if folder else "")
    commit = said(COMMITS) or (_head(folder) if folder else "")
    branch = said(BRANCHES) or (_branch(folder) if folder else "")
    pull = said(PULL_REQUESTS) or _github_pull(environment)
    return Code(commit if _SHA.fullmatch(commit) else "", without_credentials(repository), branch, pull, root)


def path_of(function: FunctionType, root: Path | None) -> str:
    """The file that defines a function, from the repository's root on; empty where it lies elsewhere."""
    if root is None:
        return ""
    file = Path(function.__code__.co_filename).resolve()
    return file.relative_to(root).as_posix() if file.is_relative_to(root) and file.exists() else ""


def without_credentials(address: str) -> str:
    """A repository's address without user, password, token or query; `git@host:path` becomes https.

    >>> without_credentials("https://ci:t0ken@git.example/shop/pipelines.git?x=1")
    'https://git.example/shop/pipelines.git'
    >>> without_credentials("git@git.example:shop/pipelines.git")
    'https://git.example/shop/pipelines.git'
    >>> without_credentials("/srv/git/pipelines.git")
    ''
    """
    short = _SCP.fullmatch(address) if "://" not in address else None
    if short:
        return f"https://{short[1]}/{short[2].lstrip('/')}"
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""  # no address at all
    if parts.scheme not in {"http", "https", "ssh", "git"} or not parts.hostname:
        return ""
    return urlunsplit((parts.scheme, f"{parts.hostname}{port}", parts.path, "", ""))


def _find(start: Path) -> tuple[Path | None, Path | None]:
    """The working tree around `start` and its git folder."""
    here = start.resolve()
    for folder in (here, *here.parents):
        place = folder / ".git"
        if place.is_dir():
            return folder, place
        if place.is_file():
            return folder, (folder / _text(place).removeprefix("gitdir:").strip()).resolve()
    return None, None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""  # not there, or not ours to read: then it is not known


def _common(folder: Path) -> Path:
    """The folder that all worktrees share: branches and settings lie there."""
    shared = _text(folder / "commondir")
    return (folder / shared).resolve() if shared else folder


def _head(folder: Path) -> str:
    head = _text(folder / "HEAD")
    if not head.startswith("ref:"):
        return head
    name = head.removeprefix("ref:").strip()
    loose = _text(folder / name) or _text(_common(folder) / name)
    packed = (line.split(" ", 1) for line in _text(_common(folder) / "packed-refs").splitlines() if " " in line)
    return loose or next((sha for sha, ref in packed if ref == name), "")


def _branch(folder: Path) -> str:
    head = _text(folder / "HEAD")
    return head.removeprefix("ref: refs/heads/") if head.startswith("ref: refs/heads/") else ""


def _remote(folder: Path) -> str:
    settings = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        settings.read_string(_text(_common(folder) / "config"))
    except configparser.Error:
        return ""  # git's own syntax goes beyond this parser's: then it is not known
    return str(settings.get('remote "origin"', "url", fallback="") or "")


def _github(environment: Mapping[str, str]) -> str:
    server, name = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    return f"{server}/{name}" if server and name else ""


def _github_pull(environment: Mapping[str, str]) -> str:
    found = re.match(r"refs/pull/(\d+)/", environment.get("GITHUB_REF", ""))
    return found[1] if found else ""
