"""The words that operations are described with: JSON Schema 2020-12 and OpenAPI 3.1, without a room of their own."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
Operations = dict[tuple[str, str], Json]
TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}
COUNT: Json = {"type": "integer", "minimum": 0}
DIGEST: Json = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}


def record(properties: Json, *, needs: list[str] | None = None) -> Json:
    """An object; without `needs` every property is there."""
    return {"type": "object", "properties": properties, "required": list(properties) if needs is None else needs}


def listing(items: Json, **more: Any) -> Json:
    """A list of one kind of items; `more` are further words of JSON Schema."""
    return {"type": "array", "items": items, **more}


def answer(description: str, media: str = "", schema: Json | None = None, **headers: str) -> Json:
    """One answer: what it means, and its body by media type; underscores of header names become dashes."""
    said: Json = {"description": description}
    if media:
        said["content"] = {media: {"schema": schema}}
    if headers:
        said["headers"] = {
            name.replace("_", "-"): {"description": text, "schema": TEXT} for name, text in headers.items()
        }
    return said


def problem(description: str, **headers: str) -> Json:
    """An error as a problem document."""
    return answer(description, "application/problem+json", {"$ref": "#/components/schemas/Problem"}, **headers)


def body(content: Json) -> Json:
    """A body that is needed, by media type."""
    return {"required": True, "content": {media: {"schema": schema} for media, schema in content.items()}}


def query(name: str, description: str) -> Json:
    """A whole number that the query must have."""
    return {"name": name, "in": "query", "required": True, "description": description, "schema": COUNT}


def option(name: str, description: str) -> Json:
    """A text that the query may have."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": TEXT}


def header(name: str, description: str) -> Json:
    """A header that may be sent."""
    return {"name": name, "in": "header", "required": False, "description": description, "schema": TEXT}


EVENT: Json = {
    "type": "object",
    "description": "A RunEvent, JobEvent or DatasetEvent (openlineage.io/spec); gzip is read.",
    "properties": {"eventTime": TIME},
    "required": ["eventTime"],
}
