"""A JSON Schema of one row as a draft."""

from __future__ import annotations

from contracts_app.domain.formats.json_schema_in import from_json_schema
from contracts_app.domain.formats.notes import Imported
from contracts_app.domain.formats.reading import is_json, read_data
from contracts_app.formats.drafting import draft
from contracts_app.formats.registry import import_format


@import_format(
    "json_schema",
    label="JSON Schema",
    hint="Draft 4 to 2020-12 of one row, as JSON or YAML. References inside the document are followed, others never.",
    needs="text",
    detects=lambda _name, content: (is_json(content) and b'"properties"' in content) or b"$schema" in content[:2000],
    order=30,
)
def from_schema(content: bytes) -> Imported:
    """The draft of the schema's properties."""
    data, notes = from_json_schema(read_data(content))
    return draft(data, notes, origin="a JSON Schema")
