"""A contract as JSON Schema 2020-12 of one row: what a row must be, for validators and code generators.

An optional field may be absent or null. An enum that may grow (`open: true`) is not closed by the schema. What JSON
Schema cannot check (uniqueness, accuracy rules, SLOs) is not in it; the PII class is an annotation `x-custody-pii`.
"""

from __future__ import annotations

from typing import Any

from contracts_app.domain.model import Document, FieldSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {"number": "number", "boolean": "boolean", "text": "string", "time": "string"}
_INTEGERS = {"integer", "int", "bigint"}
_FORMATS = {"timestamp": "date-time", "datetime": "date-time", "date": "date", "time": "time", "uuid": "uuid"}
_OTHERS: dict[str, dict[str, Any]] = {
    "object": {"type": "object"},
    "json": {},
    "map": {"type": "object"},
    "array": {"type": "array"},
    "vector": {"type": "array", "items": {"type": "number"}},
    "bytes": {"type": "string", "contentEncoding": "base64"},
}

Json = dict[str, Any]


def to_json_schema(document: Document) -> Json:
    """The schema of one row.

    >>> from contracts_app.domain.document import load
    >>> found = load("schema: {n: {type: integer, required: true, min: 1}}").document
    >>> to_json_schema(found)["properties"]
    {'n': {'type': 'integer', 'minimum': 1}}
    """
    out: Json = {"$schema": DIALECT, "$id": f"urn:custody:contract:{document.name}:{document.version}"}
    out["title"] = document.name
    if document.description:
        out["description"] = document.description
    return out | _object(document.fields)


def _object(fields: tuple[FieldSpec, ...]) -> Json:
    out: Json = {"type": "object", "properties": {spec.name: _field(spec) for spec in fields}}
    required = [spec.name for spec in fields if spec.required]
    return out | ({"required": required} if required else {})


def _field(spec: FieldSpec) -> Json:
    out = _constraints(spec)
    if not spec.required and "type" in out:
        out["type"] = [out["type"], "null"]
    if not spec.required and "enum" in out:
        out["enum"] = [*out["enum"], None]
    return out | _annotations(spec)


def _constraints(spec: FieldSpec) -> Json:
    out = _typed(spec)
    if spec.allowed is not None:
        out["examples" if spec.open else "enum"] = list(dict.fromkeys(spec.allowed))
    pairs = (("minimum", spec.min), ("maximum", spec.max), ("pattern", spec.pattern))
    return out | {key: value for key, value in pairs if value is not None}


def _typed(spec: FieldSpec) -> Json:
    if spec.fields:
        return _object(spec.fields)
    if spec.type in _OTHERS:
        return dict(_OTHERS[spec.type])
    kind = "integer" if spec.type in _INTEGERS else _TYPES.get(spec.family, "string")
    return {"type": kind} | ({"format": _FORMATS[spec.type]} if spec.type in _FORMATS else {})


def _annotations(spec: FieldSpec) -> Json:
    pairs: tuple[tuple[str, Any], ...] = (
        ("description", spec.description),
        ("default", spec.default),
        ("deprecated", spec.deprecated or None),
        ("x-custody-pii", spec.pii),
    )
    return {key: value for key, value in pairs if value is not None}
