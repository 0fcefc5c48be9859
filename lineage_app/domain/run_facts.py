"""What a run or a job tells of itself that a page shows in its own place: code, SQL, errors, owners, parameters, tags.

Read by known field from the facets of openlineage.io/docs/spec/facets in any of their published versions; what is of
another shape than the specification says is left out here and stands in the raw facets.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

Facets = dict[str, Any]
_SHA = re.compile(r"[0-9a-fA-F]{7,64}\Z")


@dataclass(frozen=True, slots=True)
class Code:
    """Where the code is: revision with the address of that commit, repository, path, branch or tag ("" unsaid)."""

    revision: str = ""
    revision_url: str = ""
    repository: str = ""
    repository_url: str = ""
    path: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, as the pipeline says it."""

    message: str
    language: str = ""
    trace: str = ""


def code_of(job: Facets) -> Code:
    """Return where the job's code is; only https addresses become links."""
    said = facet(job, "sourceCodeLocation")
    repository, revision = text(said, "repoUrl") or text(said, "url"), text(said, "version")
    repository = "" if repository.startswith("urn:") else repository  # names the commit, where no address is known
    return Code(
        revision=revision,
        revision_url=commit_url(text(said, "repoUrl"), revision) or web_address(text(said, "url")) if revision else "",
        repository=repository,
        repository_url=web_address(repository),
        path=text(said, "path"),
        branch=text(said, "branch") or text(said, "tag"),
    )


def commit_url(repository: str, revision: str) -> str:
    """Return the address of a commit where the host's way of writing it is known, else that of the repository.

    >>> commit_url("https://github.com/acme/etl.git", "4f2a9c1")
    'https://github.com/acme/etl/commit/4f2a9c1'
    >>> commit_url("git@github.com:acme/etl.git", "4f2a9c1"), commit_url("https://git.example/p", "4f2a9c1")
    ('', 'https://git.example/p')
    """
    address = web_address(repository).removesuffix("/").removesuffix(".git")
    host = urlsplit(address).hostname or ""
    if not address or not _SHA.match(revision):
        return address
    if host == "github.com" or host.startswith(("github.", "gitea.", "codeberg.")):
        return f"{address}/commit/{quote(revision)}"
    if host.startswith("gitlab."):
        return f"{address}/-/commit/{quote(revision)}"
    return f"{address}/commits/{quote(revision)}" if host.startswith("bitbucket.") else address


def web_address(address: str) -> str:
    """Return the address when it is https, without a name or password in it, else "".

    >>> web_address("https://git.example/p"), web_address("http://x"), web_address("https://a:b@git.example/p")
    ('https://git.example/p', '', '')
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc else ""


def failure_of(run: Facets) -> Failure | None:
    """Return the error of the run, if it told of one."""
    said = facet(run, "errorMessage")
    message = text(said, "message")
    return Failure(message, text(said, "programmingLanguage"), text(said, "stackTrace")) if message else None


def sql_of(job: Facets) -> tuple[str, str]:
    """Return the SQL of the job and its dialect, both "" when unsaid."""
    return text(facet(job, "sql"), "query"), text(facet(job, "sql"), "dialect")


def description_of(facets: Facets) -> str:
    """Return what the documentation facet says."""
    return text(facet(facets, "documentation"), "description")


def owners_of(facets: Facets) -> list[tuple[str, str]]:
    """Return (name, kind) of the owners that the producer names; they are told, not the catalog's."""
    return [(text(row, "name"), text(row, "type")) for row in listed(facet(facets, "ownership"), "owners")]


def tags_of(facets: Facets) -> list[tuple[str, str, str]]:
    """Return (key, value, field) of the tags; `field` is "" for a tag of the whole."""
    rows = listed(facet(facets, "tags"), "tags")
    return [(text(row, "key"), text(row, "value"), text(row, "field")) for row in rows if text(row, "key")]


def parameters_of(run: Facets) -> list[tuple[str, str]]:
    """Return (name, value) of the parameters of execution; the key is its name where it has no other."""
    rows = listed(facet(run, "executionParameters"), "parameters")
    named = [(text(row, "name") or text(row, "key"), text(row, "value")) for row in rows]
    return [pair for pair in named if pair[0]]


@dataclass(frozen=True, slots=True)
class Assertion:
    """One test of data quality: what was asserted of which column, whether it held, and how severe a failure is."""

    name: str
    column: str
    success: bool
    severity: str = ""


def assertions_of(facets: Facets) -> list[Assertion]:
    """Return what dataQualityAssertions says."""
    rows = listed(facet(facets, "dataQualityAssertions"), "assertions")
    return [
        Assertion(text(r, "assertion"), text(r, "column"), r.get("success") is True, text(r, "severity")) for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Amount:
    """Rows, bytes and files of one reading or writing, None where unsaid."""

    rows: int | None = None
    bytes: int | None = None
    files: int | None = None


def amount_of(facets: Facets) -> Amount:
    """Return the amounts of a reading or writing, from the statistics or metrics facets.

    >>> amount_of({"outputStatistics": {"rowCount": 7, "size": 90, "fileCount": True}})
    Amount(rows=7, bytes=90, files=None)
    """
    for key in ("outputStatistics", "inputStatistics", "dataQualityMetrics"):
        said = facet(facets, key)
        if said:
            size = said.get("size", said.get("bytes"))
            return Amount(*(_count(value) for value in (said.get("rowCount"), size, said.get("fileCount"))))
    return Amount()


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def facet(facets: Facets, key: str) -> Facets:
    """Return the facet as a mapping, an empty one where it is missing or of another shape."""
    found = facets.get(key)
    return found if isinstance(found, dict) else {}


def text(mapping: Facets, key: str) -> str:
    """Return a plain value as text, "" where it is missing or no plain value."""
    found = mapping.get(key)
    return str(found) if isinstance(found, str | int | float) else ""


def listed(said: Facets, key: str) -> list[Facets]:
    """Return the mappings in a list of the facet."""
    rows = said.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
