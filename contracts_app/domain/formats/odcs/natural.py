"""The whole document, both ways, as far as the two formats have words for the same thing."""

from __future__ import annotations

import re
from typing import Any

from contracts_app.domain.formats.delta import same
from contracts_app.domain.formats.odcs import people, rules, slas
from contracts_app.domain.formats.odcs.fields import from_properties, to_property
from contracts_app.domain.formats.odcs.names import (
    EXPORT,
    KEPT_WHOLE,
    LATEST,
    VERSIONS,
    Json,
    custom,
    is_texts,
    mapping,
    mappings,
    minted_id,
    put,
    split_custom,
)
from contracts_app.domain.versions import SEMVER

_NATIVE = {
    "name",
    "version",
    "owner",
    "on_call",
    "description",
    "tags",
    "schema",
    "slos",
    "retention_days",
    "extensions",
}
_KINDS = {"table": "table", "stream": "topic", "file_set": "file"}
_KEPT_TABLE = {
    "id", "name", "physicalName", "physicalType", "description", "businessName", "deprecated", "synonyms",
    "logicalType", "authoritativeDefinitions", "tags", "dataGranularityDescription", "relationships", "quality",
    "context", "customProperties",
}  # fmt: skip


def kept_of(data: Json) -> Json:
    """What an earlier import kept."""
    return mapping(mapping(data.get("extensions")).get("odcs"))


def to_odcs(data: Json, *, api: str | None = None) -> Json:
    """The contract's data as an ODCS document, in the order in which people read one."""
    kept = kept_of(data)
    api = api or (kept["apiVersion"] if kept.get("apiVersion") in VERSIONS else LATEST)
    name = str(data.get("name", ""))
    given = kept.get("id")
    out: Json = {"apiVersion": api, "kind": "DataContract", "id": given if isinstance(given, str) else minted_id(name)}
    out |= {"name": name, "version": str(data.get("version", ""))}
    out |= {key: kept[key] for key in KEPT_WHOLE if key in kept}
    put(out, "description", _to_description(data, kept))
    if is_texts(data.get("tags")):
        out["tags"] = data["tags"]
    table = table_name(data, kept)
    if "schema" in data:
        out["schema"] = [_to_table(data, kept, table, api), *mappings(kept.get("tables"))]
    put(out, "team", people.to_team(data.get("owner"), kept.get("team"), api))
    support = people.to_support(data.get("on_call"), kept.get("support"), api)
    put(out, "support", support)
    agreed, more = slas.to_slas(data, kept.get("slaProperties"), table=table, api=api)
    put(out, "slaProperties", agreed)
    unsaid = _unsaid(data, more)
    if "on_call" in data and not support:
        unsaid["on_call"] = data["on_call"]
    put(out, "customProperties", [*mappings(kept.get("customProperties")), *custom(unsaid)])
    return out


def from_odcs(odcs: Json, *, asked: str | None = None) -> Json:
    """The document's data in the house format; everything without a word of ours is under `extensions.odcs`.

    `asked` is the version of the standard in which somebody asked for the export, which the contract does not keep.
    """
    said, others = split_custom(odcs.get("customProperties"))
    api = asked or str(odcs.get("apiVersion", LATEST))
    data: Json = {"name": house_name(odcs), "version": house_version(odcs.get("version"))}
    owner, team = people.from_team(odcs.get("team"), api)
    on_call, support = people.from_support(odcs.get("support"))
    put(data, "owner", owner)
    put(data, "on_call", on_call)
    kept: Json = {} if asked or api == LATEST else {"apiVersion": api}
    if odcs.get("id") != minted_id(data["name"]):
        put(kept, "id", odcs.get("id"))
    kept |= {key: odcs[key] for key in KEPT_WHOLE if key in odcs}
    _from_description(odcs, data, kept)
    if "tags" in odcs:
        data["tags"] = odcs["tags"]
    checks = _from_schema(odcs, said, data, kept)
    table = table_name(data, kept)
    slos, days, agreed = slas.from_slas(odcs.get("slaProperties"), table=table)
    if days is not None:
        data["retention_days"] = days
    slos |= mapping(said.pop("slos", None))
    put(slos, "accuracy_rules", checks)
    put(data, "slos", slos)
    for key, left in (("team", team), ("support", support), ("slaProperties", agreed), ("customProperties", others)):
        put(kept, key, left)
    extensions = mapping(said.pop("extensions", None)) | ({"odcs": kept} if kept else {})
    for key, value in said.items():
        data.setdefault(key, value)
    put(data, "extensions", extensions)
    return data


def table_name(data: Json, kept: Json) -> str:
    """The table's name in the schema: the last part of the asset's name, else the contract's."""
    named = mapping(kept.get("table")).get("name")
    if isinstance(named, str):
        return named
    asset = mapping(data.get("asset")).get("name")
    last = str(asset if isinstance(asset, str) else data.get("name", "")).rpartition("/")[2].rpartition(".")[2]
    return re.sub(r"[^A-Za-z0-9_-]", "_", last) or "table"


def house_name(odcs: Json) -> str:
    """A name of the house format out of the document's name, its first table or its id.

    >>> house_name({"name": "Customer Orders (EU)"}), house_name({"id": "53581432-6c55"})
    ('Customer_Orders_EU', 'contract_53581432-6c55')
    """
    tables = mappings(odcs.get("schema"))
    found = odcs.get("name") or (tables[0].get("name") if tables else None) or odcs.get("id")
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", str(found)).strip("_.-")[:90]
    return name if name[:1].isalpha() else f"contract_{name}".rstrip("_")


def house_version(version: Any) -> str:
    """A semantic version: what is missing of one is filled with zeros.

    >>> house_version("v1.2"), house_version("2.0.1"), house_version("banana")
    ('1.2.0', '2.0.1', '1.0.0')
    """
    text = str(version).removeprefix("v")
    if SEMVER.fullmatch(text):
        return text
    parts = text.split(".")
    if len(parts) < 3 and all(part.isascii() and part.isdecimal() and len(part) < 9 for part in parts):
        return ".".join([*(str(int(part)) for part in parts), "0", "0"][:3])
    return "1.0.0"


def _unsaid(data: Json, slos: Json) -> Json:
    """Keys of ours that ODCS has no word for."""
    more = {key: value for key, value in data.items() if key not in _NATIVE and f"custody.{key}" != EXPORT}
    extensions = {key: value for key, value in mapping(data.get("extensions")).items() if key != "odcs"}
    put(more, "slos", slos)
    put(more, "extensions", extensions)
    return more


def _to_description(data: Json, kept: Json) -> Json:
    text = data.get("description")
    return ({"purpose": text} if isinstance(text, str) else {}) | mapping(kept.get("description"))


def _from_description(odcs: Json, data: Json, kept: Json) -> None:
    said = dict(mapping(odcs.get("description")))
    if isinstance(said.get("purpose"), str):
        data["description"] = said.pop("purpose")
    put(kept, "description", said)


def _to_table(data: Json, kept: Json, table: str, api: str) -> Json:
    about = {key: value for key, value in mapping(kept.get("table")).items() if key in _KEPT_TABLE}
    asset, fields = mapping(data.get("asset")), mapping(kept.get("fields"))
    out: Json = {"name": table}
    if isinstance(asset.get("name"), str):
        out["physicalName"] = asset["name"]
    if asset.get("kind") in _KINDS:
        out["physicalType"] = _KINDS[asset["kind"]]
    sensitivity = data.get("classification")
    out["properties"] = [
        to_property(name, spec, mapping(fields.get(name)), api=api, sensitivity=sensitivity)
        for name, spec in mapping(data.get("schema")).items()
    ]
    authored = mapping(data.get("slos")).get("accuracy_rules")
    checks = rules.to_checks(authored, rules.compiler(data)) if authored else []
    out |= {key: value for key, value in about.items() if key != "quality"}
    put(out, "quality", [*mappings(about.get("quality")), *checks])
    return out


def _from_schema(odcs: Json, said: Json, data: Json, kept: Json) -> list[Any]:
    """Fields of the first table, whose other keys are kept, as are the other tables; its accuracy rules."""
    tables = odcs.get("schema")
    if not isinstance(tables, list):
        return []
    first = mapping(tables[0]) if tables else {}
    sensitivity = said.get("classification")
    data["schema"], fields = from_properties(first.get("properties") or [], sensitivity=sensitivity)
    put(kept, "fields", fields)
    put(kept, "tables", tables[1:])
    about = {key: value for key, value in first.items() if key not in ("properties", "quality")}
    checks, quality = rules.from_checks(first.get("quality"))
    asset = mapping(said.get("asset"))
    plain: Json = {"name": table_name({**data, "asset": asset}, {})}
    plain |= {"physicalName": asset.get("name"), "physicalType": _KINDS.get(asset.get("kind", ""))}
    about = {key: value for key, value in about.items() if not same(plain.get(key), value)}
    put(about, "quality", quality)
    put(kept, "table", about)
    return checks
