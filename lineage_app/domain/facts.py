"""The words by which people look for a run, a job or a dataset, read by known field from the published facets.

Facets: sourceCodeLocation, tags (of runs, jobs, datasets and their columns), environmentVariables,
executionParameters, ownership, schema. A word is kept in small letters, as a whole and by the parts that people
remember: an image by its name and tag and by its digest, a repository by its last parts.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from lineage_app.domain.metadata import run_metadata

Fact = tuple[str, str]
"""(kind, word)"""

LONGEST = 300
MOST = 5_000


def facts_of_run(run: dict[str, Any], job: dict[str, Any]) -> frozenset[Fact]:
    """Return what a run and its job said.

    >>> sorted(facts_of_run({}, {"sourceCodeLocation": {"version": "4F2A", "repoUrl": "https://git.example/o/p.git"}}))
    [('repository', 'git.example/o/p'), ('repository', 'o/p'), ('repository', 'p'), ('revision', '4f2a')]
    """
    said = dict(run_metadata(run, job))
    code = _mapping(job.get("sourceCodeLocation"))
    pairs = [
        ("revision", [said.get("Revision", "")]),
        ("branch", [str(code.get("branch") or ""), str(code.get("tag") or "")]),
        ("repository", _repository(said.get("Repository", ""))),
        ("image", _image(said.get("Image", ""))),
        ("owner", _owners(job)),
        ("tag", [*_tags(run), *_tags(job)]),
        ("parameter", _parameters(run)),
    ]
    return _kept((kind, word) for kind, words in pairs for word in words)


def facts_of_dataset(facets: dict[str, Any]) -> frozenset[Fact]:
    """Return what was said of a dataset: its owners, its tags and those of its columns, its columns.

    >>> sorted(facts_of_dataset({"schema": {"fields": [{"name": "Email"}, {"name": "at", "fields": [{"name": "d"}]}]}}))
    [('column', 'at'), ('column', 'at.d'), ('column', 'email')]
    """
    columns = _columns(_rows(facets.get("schema"), "fields"))
    pairs = [("owner", _owners(facets)), ("tag", _tags(facets)), ("column", columns)]
    return _kept((kind, word) for kind, words in pairs for word in words)


def _kept(facts: Iterable[Fact]) -> frozenset[Fact]:
    found: set[Fact] = set()
    for kind, word in facts:
        text = word.strip().lower().replace("\x00", "")[:LONGEST]
        if text:
            found.add((kind, text))
        if len(found) >= MOST:
            break
    return frozenset(found)


def _repository(url: str) -> list[str]:
    """Return the address without its scheme, then its last two parts, then its last."""
    bare = url.split("://")[-1].rstrip("/").removesuffix(".git")
    parts = [part for part in bare.replace(":", "/").split("/") if part]
    return [bare, "/".join(parts[-2:]), *parts[-1:]] if parts else []


def _image(reference: str) -> list[str]:
    """Return the reference, its last part with the tag, its digest.

    >>> _image("registry.example/team/load:1.4@sha256:abc")
    ['registry.example/team/load:1.4@sha256:abc', 'load:1.4', '1.4', 'sha256:abc']
    """
    name, _, digest = reference.partition("@")
    last = name.rsplit("/", 1)[-1]
    return [word for word in (reference, last, last.partition(":")[2], digest) if word]


def _owners(facets: dict[str, Any]) -> list[str]:
    """Return the owners as said and, for "team:data-platform", the part behind the kind as well."""
    names = [str(row.get("name") or "") for row in _rows(facets.get("ownership"), "owners")]
    return [word for name in names for word in (name, name.partition(":")[2])]


def _tags(facets: dict[str, Any]) -> Iterator[str]:
    for row in _rows(facets.get("tags"), "tags"):
        key, value = str(row.get("key") or ""), str(row.get("value") or "")
        yield key if value.lower() in {"", "true"} else f"{key}={value}"


def _parameters(run: dict[str, Any]) -> list[str]:
    rows = _rows(run.get("executionParameters"), "parameters")
    return [f"{row.get('name') or row.get('key')}={row.get('value')}" for row in rows]


def _columns(fields: list[dict[str, Any]], prefix: str = "") -> Iterator[str]:
    for field in fields:
        name = f"{prefix}{field.get('name') or ''}"
        yield name
        yield from _columns(_rows(field, "fields"), f"{name}.")


def _rows(facet: Any, key: str) -> list[dict[str, Any]]:
    found = _mapping(facet).get(key)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
