"""A logical type for every property: the schema of 3.2 wants one, earlier documents may name only the physical."""

from __future__ import annotations

from typing import Any

from contracts_app.domain.formats.odcs.names import Json
from contracts_app.domain.formats.odcs.types import logical_of


def typed(odcs: Json) -> Json:
    """The document with every property's logical type written out."""
    tables = odcs.get("schema")
    if not isinstance(tables, list):
        return odcs
    return {**odcs, "schema": [_inside(table) if isinstance(table, dict) else table for table in tables]}


def untyped(odcs: Json) -> list[str]:
    """Names of the properties whose logical type is missing."""
    found: list[str] = []
    _collect(odcs.get("schema"), found)
    return found


def _inside(holder: Json) -> Json:
    out = dict(holder)
    if isinstance(holder.get("properties"), list):
        out["properties"] = [_property(item) for item in holder["properties"]]
    if isinstance(holder.get("items"), dict):
        out["items"] = _property(holder["items"])
    return out


def _property(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    if "logicalType" in item:
        return _inside(item)
    physical = item.get("physicalType")
    logical = "object" if "properties" in item else "array" if "items" in item else None
    logical = logical or ("map" if "map" in item else logical_of(physical if isinstance(physical, str) else ""))
    return _inside({"logicalType": logical, **item})


def _collect(holders: Any, found: list[str]) -> None:
    for holder in holders if isinstance(holders, list) else []:
        for item in holder.get("properties") or [] if isinstance(holder, dict) else []:
            if isinstance(item, dict) and "logicalType" not in item:
                found.append(str(item.get("name")))
        _collect(holder.get("properties") if isinstance(holder, dict) else None, found)
