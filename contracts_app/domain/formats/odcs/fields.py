"""A field of the schema and a property of ODCS, both ways; what we have no word for is kept beside the field's name."""

from __future__ import annotations

from typing import Any

from contracts_app.domain.formats.delta import same
from contracts_app.domain.formats.odcs import enums
from contracts_app.domain.formats.odcs.names import Json, custom, is_number, mapping, mappings, put, since, split_custom
from contracts_app.domain.formats.odcs.types import NUMBERS, from_pair, to_pair

FLAGS = ("required", "unique", "deprecated")
_OPTIONS = {"min": "minimum", "max": "maximum", "pattern": "pattern"}
_KEPT_KEYS = {
    "id", "physicalType", "physicalName", "businessName", "synonyms", "authoritativeDefinitions", "tags", "primaryKey",
    "primaryKeyPosition", "semanticType", "partitioned", "partitionKeyPosition", "classification", "encryptedName",
    "transformSourceObjects", "transformLogic", "transformDescription", "examples", "criticalDataElement",
    "relationships", "items", "map",
}  # fmt: skip


def to_property(name: str, spec: Any, kept: Json, *, api: str, sensitivity: Any = None) -> Json:
    """One field as a property; `sensitivity` is the contract's classification, shown on personal fields."""
    spec = mapping(spec)
    prop: Json = {"name": name}
    said = dict(spec)
    prop |= _typed(said, kept, api)
    for key in FLAGS:
        if isinstance(spec.get(key), bool) and (key != "deprecated" or since(api, "v3.2.0")):
            prop[key] = said.pop(key)
    if isinstance(spec.get("description"), str):
        prop["description"] = said.pop("description")
    put(prop, "logicalTypeOptions", _options(said, prop["logicalType"], kept))
    listed = enums.to_enum(prop, said.get("allowed"), kept, api)
    if listed:
        del said["allowed"]
    _nested(prop, said, kept, api, sensitivity)
    if isinstance(spec.get("pii"), str) and isinstance(sensitivity, str):
        prop["classification"] = sensitivity
    if said.get("type") == from_pair(prop["logicalType"], prop.get("physicalType"), listed=listed):
        del said["type"]
    prop |= {key: value for key, value in kept.items() if key in _KEPT_KEYS}
    put(prop, "customProperties", [*mappings(kept.get("customProperties")), *custom(said)])
    return prop


def from_property(prop: Json, *, sensitivity: Any = None) -> tuple[Json, Json]:
    """The field's keys and what is kept of the property."""
    said, others = split_custom(prop.get("customProperties"))
    left = {key: value for key, value in prop.items() if key not in ("name", "customProperties")}
    spec: Json = {}
    spec["type"] = said.pop("type", None) or _type_of(prop)
    _consume_type(spec["type"], prop, left)
    for key in (*FLAGS, "description"):
        if isinstance(left.get(key), str if key == "description" else bool):
            spec[key] = left.pop(key)
    _read_options(spec, left, str(prop.get("logicalType", "")))
    enums.read_enum(spec, left)
    if spec["type"] == "enum" and "allowed" not in spec and "allowed" not in said:
        spec["type"] = "string"
    _read_nested(spec, left, sensitivity)
    if "pii" in said and "classification" in left and same(left["classification"], sensitivity):
        del left["classification"]
    for key, value in said.items():
        spec.setdefault(key, value)
    put(left, "customProperties", others)
    return spec, left


def _typed(said: Json, kept: Json, api: str) -> Json:
    kind = said.get("type")
    options = mapping(kept.get("logicalTypeOptions"))
    complete = "map" in kept if kind == "map" else is_number(options.get("dimensions"))
    logical, physical = to_pair(kind if isinstance(kind, str) else "string", api, complete=complete)
    physical = kept["physicalType"] if isinstance(kept.get("physicalType"), str) else physical
    return {"logicalType": logical} | ({"physicalType": physical} if physical else {})


def _type_of(prop: Json) -> str:
    physical = prop.get("physicalType")
    text = physical if isinstance(physical, str) else None
    return from_pair(str(prop.get("logicalType", "string")), text, listed=enums.is_listed(prop))


def _consume_type(kind: str, prop: Json, left: Json) -> None:
    """The physical type is ours where the export would write the same."""
    left.pop("logicalType", None)
    plain = [to_pair(str(kind), api)[1] for api in ("v3.2.0", "v3.0.0")]
    if prop.get("physicalType") in plain and not (kind in ("map", "vector") and prop.get("logicalType") == kind):
        left.pop("physicalType", None)


def _options(said: Json, logical: str, kept: Json) -> Json:
    """Limits and pattern where ODCS has them for this type; the others stay in `said`."""
    options = dict(mapping(kept.get("logicalTypeOptions")))
    for key, word in _OPTIONS.items():
        fits = is_number(said.get(key)) and logical in NUMBERS if key != "pattern" else logical == "string"
        if key in said and fits and (key != "pattern" or isinstance(said[key], str)):
            options[word] = said.pop(key)
    return options


def _read_options(spec: Json, left: Json, logical: str) -> None:
    options = left.get("logicalTypeOptions")
    if not isinstance(options, dict):
        return
    options = dict(options)
    for key, word in _OPTIONS.items():
        value = options.get(word)
        fits = isinstance(value, str) and logical == "string" if key == "pattern" else is_number(value)
        if fits and (key == "pattern" or logical in NUMBERS):
            spec[key] = options.pop(word)
    left.pop("logicalTypeOptions")
    put(left, "logicalTypeOptions", options)


def _nested(prop: Json, said: Json, kept: Json, api: str, sensitivity: Any) -> None:
    inner, fields = mapping(kept.get("fields")), said.get("fields")
    if prop["logicalType"] == "object" and isinstance(fields, dict):
        del said["fields"]
        prop["properties"] = [
            to_property(name, spec, mapping(inner.get(name)), api=api, sensitivity=sensitivity)
            for name, spec in fields.items()
        ]


def _read_nested(spec: Json, left: Json, sensitivity: Any) -> None:
    properties = left.get("properties")
    if not isinstance(properties, list):
        return
    del left["properties"]
    spec["fields"], kept = from_properties(properties, sensitivity=sensitivity)
    put(left, "fields", kept)


def from_properties(properties: list[Any], *, sensitivity: Any = None) -> tuple[Json, Json]:
    """Fields by name, and what is kept of each."""
    fields: Json = {}
    kept: Json = {}
    for prop in mappings(properties):
        name = str(prop.get("name", ""))
        fields[name], left = from_property(prop, sensitivity=sensitivity)
        put(kept, name, left)
    return fields, kept
