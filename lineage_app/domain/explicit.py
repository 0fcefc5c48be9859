"""Explicit lineage: a producer states target <- sources instead of leaving us the input-by-output product.

Source: LineageFacet 1-0-0, on a job (`entries`) or on a dataset (`inputs`, `fields`). A job's entries
replace the whole product of its run; a dataset's facet replaces it for that dataset only. An empty
`inputs` says: no tracked source.
"""

from typing import Any, NamedTuple

from lineage_app.domain.columns import WHOLE_DATASET, ColumnLink
from lineage_app.domain.names import Name


class Statement(NamedTuple):
    """What feeds one target dataset (None: the job itself), by dataset and by column."""

    target: Name | None
    sources: frozenset[Name]
    columns: frozenset[ColumnLink]


def job_statements(facet: Any) -> list[Statement] | None:
    """Return the statements of a job's `lineage` facet, None when it has none."""
    entries = facet.get("entries") if isinstance(facet, dict) else None
    if not isinstance(entries, list):
        return None
    return [_statement(_target(entry), entry) for entry in entries if isinstance(entry, dict)]


def read_by_job(job: Name, facet: Any) -> set[Name]:
    """Return the datasets that a job's `lineage` facet says feed the job itself, whatever it writes.

    So stands a dashboard or a model server that only reads.

    >>> source = {"type": "DATASET", "namespace": "n", "name": "a"}
    >>> facet = {"entries": [{"type": "JOB", "namespace": "n", "name": "dashboard", "inputs": [source]}]}
    >>> read_by_job(Name("n", "dashboard"), facet), read_by_job(Name("n", "other"), facet)
    ({Name(namespace='n', name='a')}, set())
    """
    entries = facet.get("entries") if isinstance(facet, dict) else None
    found: set[Name] = set()
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and _is_job(entry, job):
            found |= _statement(None, entry).sources
    return found


def _is_job(entry: dict[str, Any], job: Name) -> bool:
    return entry.get("type") == "JOB" and (str(entry.get("namespace") or ""), entry.get("name")) == job


def dataset_statement(dst: Name, facet: Any) -> Statement | None:
    """Return the statement of the `lineage` facet on dataset `dst`, None when it has none."""
    if not isinstance(facet, dict) or ("inputs" not in facet and "fields" not in facet):
        return None
    return _statement(dst, facet)


def _target(entry: dict[str, Any]) -> Name | None:
    if entry.get("type") != "DATASET" or not isinstance(entry.get("name"), str):
        return None
    return Name(str(entry.get("namespace") or ""), entry["name"])


def _statement(target: Name | None, entry: dict[str, Any]) -> Statement:
    sources: set[Name] = set()
    columns: set[ColumnLink] = set()
    fields = entry.get("fields")
    pairs = [(WHOLE_DATASET, entry)]
    pairs += [(str(k), v) for k, v in fields.items() if isinstance(v, dict)] if isinstance(fields, dict) else []
    for dst_field, item in pairs:
        for source in _datasets(item.get("inputs")):
            name = Name(str(source.get("namespace") or ""), source["name"])
            sources.add(name)
            if target is not None:
                columns |= _columns(target, dst_field, name, source)
    return Statement(target, frozenset(sources), frozenset(columns))


def _datasets(value: Any) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else []
    return [
        item
        for item in items
        if isinstance(item, dict) and item.get("type") != "JOB" and isinstance(item.get("name"), str)
    ]


def _columns(dst: Name, dst_field: str, src: Name, source: dict[str, Any]) -> set[ColumnLink]:
    src_field = str(source.get("field") or WHOLE_DATASET)
    if src_field == dst_field == WHOLE_DATASET:
        return set()  # dataset feeds dataset: an edge, not a column link
    how = [item for item in source.get("transformations") or [] if isinstance(item, dict)]
    default = "DIRECT" if dst_field else "INDIRECT"
    return {
        ColumnLink(
            src,
            src_field,
            dst,
            dst_field,
            str(item.get("type") or default).upper(),
            str(item.get("subtype") or "").upper(),
            item.get("masking") is True,
        )
        for item in how or [{}]
    }
