"""What a dataset's facets say of it, as labels and texts for its page; those that have no place of their own there.

Sources: datasetType, catalog (1-0-0, 1-1-0), hierarchy, storage, dataSource, version; and of a reading or writing the
subset facets (BaseSubset 1-0-0). Facets that are unknown here stay raw JSON.
"""

from collections.abc import Callable
from typing import Any

LONGEST = 300


def described(facets: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (label, text) for each facet that says something; what is malformed says nothing.

    >>> described({"catalog": {"framework": "iceberg", "name": "prod", "metadataUri": "hive://h:1"}})
    [('Catalog', 'prod, iceberg, hive://h:1')]
    """
    readers: dict[str, tuple[str, Callable[[dict[str, Any]], str]]] = {
        "datasetType": ("Dataset type", lambda facet: _texts(facet, "datasetType", "subType")),
        "catalog": (
            "Catalog",
            lambda facet: _texts(facet, "name", "framework", "type", "metadataUri", "warehouseUri", "source"),
        ),
        "hierarchy": ("Hierarchy", _hierarchy),
        "dataSource": ("Data source", lambda facet: _texts(facet, "name", "uri")),
        "storage": ("Storage", lambda facet: _texts(facet, "storageLayer", "fileFormat")),
        "version": ("Version", lambda facet: _texts(facet, "datasetVersion")),
    }
    found = []
    for key, (label, read) in readers.items():
        facet = facets.get(key)
        text = read(facet) if isinstance(facet, dict) else ""
        if text:
            found.append((label, text[:LONGEST]))
    return found


def part_used(facets: dict[str, Any]) -> str:
    """Return which part of a dataset a run read or wrote, from its subset facet; empty where that is not said."""
    facet = facets.get("subset")
    said = (facet.get("inputCondition") or facet.get("outputCondition")) if isinstance(facet, dict) else None
    return subset(said)[:LONGEST]


def subset(condition: Any, depth: int = 8) -> str:
    """Return a subset condition of the specification in words: locations, partitions, comparisons.

    >>> subset({"type": "partition", "partitions": [{"dimensions": {"day": "2026-03-01"}}]})
    'day = 2026-03-01'
    >>> left = {"type": "field", "field": "country"}
    >>> subset({"type": "compare", "left": left, "comparison": "EQUAL", "right": {"type": "literal", "value": "DE"}})
    'country equal DE'
    """
    if not isinstance(condition, dict) or not depth:
        return ""
    kind = condition.get("type")
    if kind == "location":
        return ", ".join(str(place) for place in _list(condition.get("locations")))
    if kind == "partition":
        return "; ".join(_partition(each) for each in _list(condition.get("partitions")))
    if kind in ("compare", "binary"):
        sides = [_side(condition.get(side), depth) for side in ("left", "right")]
        word = str(condition.get("comparison") or condition.get("operator") or "and")
        return f" {word.lower().replace('_', ' ')} ".join(side for side in sides if side)
    return ""


def _side(value: Any, depth: int) -> str:
    if not isinstance(value, dict):
        return ""
    if value.get("type") in ("field", "literal"):
        return str(value.get("field", value.get("value", "")))
    return subset(value, depth - 1)


def _partition(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    dimensions = value.get("dimensions")
    named = ", ".join(f"{key} = {text}" for key, text in dimensions.items()) if isinstance(dimensions, dict) else ""
    return named or str(value.get("identifier") or "")


def _texts(facet: dict[str, Any], *keys: str) -> str:
    return ", ".join(text for key in keys if isinstance(text := facet.get(key), str) and text)


def _hierarchy(facet: dict[str, Any]) -> str:
    levels = [level for level in _list(facet.get("hierarchy")) if isinstance(level, dict)]
    return " > ".join(f"{level.get('name')} ({str(level.get('type', '')).lower()})" for level in levels)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
