"""Columns that some engine, file or facet describes, as the fields of a draft, with the facts of the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contracts_app.domain.formats.notes import ADD, LEFT, READ, FormatError, Note
from contracts_app.domain.formats.sql_types import house_type
from contracts_app.domain.model import TYPE_FAMILIES

MAX_COLUMNS = 5000
_UNSURE = ("array", "map", "json", "object", "vector")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `type` as its engine calls it, `required` None where nobody said."""

    name: str
    type: str
    required: bool | None = None
    unique: bool = False
    labels: tuple[str, ...] = ()
    description: str = ""
    fields: tuple[Column, ...] = ()


def fields_of(columns: Iterable[Column]) -> tuple[dict[str, Any], list[Note]]:
    """The schema with what has to be said about its types; raises FormatError for none or too many."""
    listed = list(columns)
    if not listed:
        raise FormatError("There are no columns that may be read, so there is nothing to put under contract.")
    if len(listed) > MAX_COLUMNS:
        raise FormatError(f"There are {len(listed):,} columns; at most {MAX_COLUMNS:,} make a contract.")
    fields = {column.name: _field(column) for column in listed}
    notes = [
        Note(READ, f"schema.{column.name}", f"`{column.name}` is `{column.type[:60]}` there; here it is {kind}.")
        for column in listed
        if (kind := fields[column.name]["type"]) in _UNSURE and not column.fields and kind != column.type.lower()
    ]
    if any(column.required is None for column in listed):
        notes.append(Note(ADD, "schema", "The source does not say which fields are required; add `required: true`."))
    return fields, notes


def asset_facts(asset: Any) -> dict[str, Any]:
    """What the catalog knows of the asset: its name, owner, tier and layer."""
    facts: dict[str, Any] = {"namespace": asset.namespace, "name": asset.name}
    if asset.kind:
        facts["kind"] = asset.kind
    if asset.tier:
        facts |= {"tier": asset.tier} | ({"tier_reason": asset.tier_reason} if asset.tier_reason else {})
    return facts | ({"layer": asset.layer} if asset.layer else {})


def head_of(asset: Any | None, name: str) -> dict[str, Any]:
    """Name, version, owner and on-call of a draft, as far as the catalog says them."""
    from portal.core.catalog.selectors import addresses_of

    data: dict[str, Any] = {"name": contract_name(name), "version": "1.0.0"}
    team = asset.owner_team if asset is not None else None
    if team is not None:
        data["owner"] = next(iter(addresses_of(team, "email")), team.slug)
        channel = next(iter(addresses_of(team, "channel")), None)
        data |= {"on_call": channel} if channel else {}
    return data | ({"asset": asset_facts(asset)} if asset is not None else {})


def contract_name(name: str) -> str:
    """A name for the contract out of the last part of a table's, file's or dataset's name.

    >>> contract_name("shop.app.orders"), contract_name("lake/raw/Click Stream.parquet")
    ('orders', 'Click_Stream')
    """
    last = re.split(r"[/\\]", name.strip("/"))[-1].removesuffix(".parquet").rpartition(".")[2]
    clean = re.sub(r"[^A-Za-z0-9_-]+", "_", last).strip("_-")[:90]
    return clean if clean[:1].isalpha() else f"table_{clean}".rstrip("_")


def missing(data: dict[str, Any], fields: dict[str, Any]) -> list[Note]:
    """What no schema says and every contract needs."""
    times = [name for name, spec in fields.items() if TYPE_FAMILIES.get(spec["type"]) == "time"]
    element = f", element: {times[0]}" if times else ""
    said = {
        "owner": "Say who answers for the data.",
        "on_call": "Say whom a breach wakes.",
        "classification": "Say for example `internal`, or `pii-low` where fields with a `pii` are about persons.",
        "slos": f"Say what is promised, for example `freshness_minutes: {{target: 15{element}}}`.",
    }
    return [Note(ADD, key, text) for key, text in said.items() if key not in data]


def left(path: str, text: str) -> Note:
    """Something of the source that is not carried."""
    return Note(LEFT, path, text)


def _field(column: Column) -> dict[str, Any]:
    kind = "enum" if column.labels else "object" if column.fields else house_type(column.type)
    spec: dict[str, Any] = {"type": kind}
    if column.required:
        spec["required"] = True
    if column.unique:
        spec["unique"] = True
    if column.labels:
        spec["allowed"] = list(column.labels)
    if column.description.strip():
        spec["description"] = column.description.strip()
    return spec | ({"fields": {each.name: _field(each) for each in column.fields}} if column.fields else {})
