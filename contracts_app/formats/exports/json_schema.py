"""JSON Schema of one row, for validators and code generators."""

from __future__ import annotations

import json
from collections.abc import Mapping

from contracts_app.domain.formats.json_schema_out import to_json_schema
from contracts_app.formats.registry import Exportable, export_format
from contracts_app.formats.sound import document_of


@export_format(
    "json_schema",
    label="JSON Schema",
    hint="Draft 2020-12 of one row: types, required fields, limits, patterns and allowed values.",
    media_type="application/schema+json",
    suffix=".schema.json",
    order=20,
)
def to_schema(version: Exportable, _options: Mapping[str, str]) -> bytes:
    """The schema, indented."""
    return json.dumps(to_json_schema(document_of(version)), indent=2, ensure_ascii=False).encode() + b"\n"
