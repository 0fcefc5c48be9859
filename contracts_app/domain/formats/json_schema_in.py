"""JSON Schema (draft 4 to 2020-12) of one row as the fields of a contract.

Only references inside the document are followed (`#/$defs/…`); a reference elsewhere is noted and never fetched, one in
a circle is refused. What the house format has no word for becomes a note, so that nothing is dropped in silence.
"""

from __future__ import annotations

import re
from typing import Any

from contracts_app.domain.formats.notes import ADD, LEFT, FormatError, Note

MAX_FIELDS = 5000
MAX_STEPS = 40
_FORMATS = {"date-time": "timestamp", "date": "date", "time": "time", "uuid": "uuid"}
_TYPES = {"string", "integer", "number", "boolean", "object", "array"}
_SILENT = {
    "type", "properties", "required", "enum", "const", "format", "minimum", "maximum", "pattern", "description",
    "title", "default", "deprecated", "examples", "$schema", "$id", "$comment", "$defs", "definitions", "items", "$ref",
    "id", "additionalProperties", "x-custody-pii", "nullable", "contentEncoding",
}  # fmt: skip

Json = dict[str, Any]


def from_json_schema(schema: Json) -> tuple[Json, list[Note]]:
    """The data of a draft with its notes; raises FormatError for a schema that is not one of an object."""
    reader = _Reader(schema)
    top = reader.resolved(schema, ())
    if not isinstance(top.get("properties"), dict) or not top["properties"]:
        raise FormatError("This JSON Schema has no `properties`: a contract is about rows with named fields.")
    data: Json = {"name": _name(schema), "version": _version(schema)}
    if isinstance(top.get("description"), str) and top["description"].strip():
        data["description"] = top["description"]
    data["schema"] = reader.fields(top, "", ())
    missing = (
        ("owner", "JSON Schema names no owner. Say who answers for the data."),
        ("on_call", "Say whom a breach wakes."),
        ("classification", "Say for example `internal`, or `pii-low` where fields are about persons."),
        ("slos", "Say what the asset promises, for example `freshness_minutes: {target: 15}`."),
    )
    return data, [*(Note(ADD, key, said) for key, said in missing), *reader.notes()]


class _Reader:
    """Follows references inside one document, counts fields, and remembers what was left."""

    def __init__(self, root: Json) -> None:
        self.root = root
        self.count = 0
        self.left: dict[str, list[str]] = {}

    def notes(self) -> list[Note]:
        """One note a keyword that was not carried, naming the first places."""
        out = []
        for keyword, places in self.left.items():
            where = ", ".join(f"`{place or 'the schema'}`" for place in places[:3])
            more = f" and {len(places) - 3} more" if len(places) > 3 else ""
            out.append(
                Note(LEFT, keyword, f"`{keyword}` at {where}{more} is not carried: the format has no word for it.")
            )
        return out

    def fields(self, schema: Json, path: str, seen: tuple[str, ...]) -> Json:
        """Fields by name."""
        required = schema.get("required")
        names = set(required) if isinstance(required, list) and all(isinstance(x, str) for x in required) else set()
        return {
            str(name): self.field(inner, f"{path}{name}", seen, required=name in names)
            for name, inner in schema["properties"].items()
        }

    def field(self, schema: Any, path: str, seen: tuple[str, ...], *, required: bool) -> Json:
        """One field; nullable fields are not required, whatever `required` lists."""
        self.count += 1
        if self.count > MAX_FIELDS:
            raise FormatError(f"The schema has more than {MAX_FIELDS:,} fields; split it into several contracts.")
        if not isinstance(schema, dict):
            self.note("true" if schema is True else "false", path)
            return {"type": "json"}
        steps = self.steps(schema, seen)
        schema = self.resolved(schema, seen)
        schema, nullable = self.without_null(schema, path, steps)
        self.unknown(schema, path)
        spec = self.typed(schema, path, steps)
        if required and not nullable:
            spec["required"] = True
        return spec | self.limits(schema, spec["type"], path) | self.words(schema)

    def steps(self, schema: Json, seen: tuple[str, ...]) -> tuple[str, ...]:
        """The references that led here."""
        return (*seen, schema["$ref"]) if isinstance(schema.get("$ref"), str) else seen

    def resolved(self, schema: Json, seen: tuple[str, ...]) -> Json:
        """The schema behind its references, its own keywords over theirs."""
        while isinstance(schema.get("$ref"), str):
            ref = schema["$ref"]
            own = {key: value for key, value in schema.items() if key != "$ref"}
            if not ref.startswith("#"):
                self.note(f"$ref {ref[:60]}", "elsewhere, never fetched")
                return own
            if len(seen) >= MAX_STEPS:
                raise FormatError(f"References lead over more than {MAX_STEPS} others; write the schema out.")
            if ref in seen:
                raise FormatError(f"`{ref[:80]}` refers to itself in a circle; a contract's fields have an end.")
            seen = (*seen, ref)
            schema = {**self.target(ref), **own}
        return schema

    def target(self, ref: str) -> Json:
        """What a JSON pointer of this document points at."""
        here: Any = self.root
        for part in ref.removeprefix("#").split("/")[1:]:
            step = part.replace("~1", "/").replace("~0", "~")
            here = here.get(step) if isinstance(here, dict) else None
        if not isinstance(here, dict):
            raise FormatError(f"`{ref[:80]}` points at nothing in this document.")
        return here

    def without_null(self, schema: Json, path: str, seen: tuple[str, ...]) -> tuple[Json, bool]:
        """The schema without its null: `type: [string, null]`, `anyOf` with a null, `enum` with a null."""
        for keyword in ("anyOf", "oneOf"):
            options = schema.get(keyword)
            if isinstance(options, list) and options:
                others = [each for each in options if each != {"type": "null"}]
                if len(others) == 1 and isinstance(others[0], dict) and len(others) < len(options):
                    inner = self.resolved(others[0], seen)
                    return {**{key: value for key, value in schema.items() if key != keyword}, **inner}, True
        kinds = schema.get("type")
        if isinstance(kinds, list):
            named = [kind for kind in kinds if kind != "null"]
            if len(named) > 1:
                self.note("type with several types", path)
            return {**schema, "type": named[0] if len(named) == 1 else "json"}, len(named) < len(kinds)
        return schema, bool(schema.get("nullable"))

    def typed(self, schema: Json, path: str, seen: tuple[str, ...]) -> Json:
        """The type with what belongs to it: nested fields, allowed values."""
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        kind = schema.get("type")
        if isinstance(schema.get("properties"), dict) and schema["properties"]:
            return {"type": "object", "fields": self.fields(schema, f"{path}.", seen)}
        if isinstance(values, list) and values:
            return self.listed([value for value in values if value is not None], kind)
        if kind == "string" and isinstance(schema.get("format"), str):
            found = _FORMATS.get(schema["format"])
            if found is None:
                self.note(f"format {schema['format'][:40]}", path)
            return {"type": found or "string"}
        if kind == "string" and schema.get("contentEncoding") == "base64":
            return {"type": "bytes"}
        return {"type": kind if kind in _TYPES else "json"}

    def listed(self, values: list[Any], kind: Any) -> Json:
        if values and all(isinstance(value, str) for value in values):
            return {"type": "enum", "allowed": values}
        numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        if values and numeric:
            whole = all(isinstance(value, int) for value in values)
            return {"type": "integer" if whole else "number", "allowed": values}
        return {"type": kind if kind in _TYPES else "json"}

    def limits(self, schema: Json, kind: str, path: str) -> Json:
        out: Json = {}
        for word, key in (("minimum", "min"), ("maximum", "max")):
            value = schema.get(word)
            if isinstance(value, int | float) and not isinstance(value, bool) and kind in ("integer", "number"):
                out[key] = value
            elif value is not None:
                self.note(word, path)
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and kind == "string":
            out["pattern"] = pattern
        elif pattern is not None:
            self.note("pattern", path)
        return out

    def words(self, schema: Json) -> Json:
        out: Json = {}
        said = schema.get("description") or schema.get("title")
        if isinstance(said, str) and said.strip():
            out["description"] = said
        if "default" in schema and not isinstance(schema["default"], dict | list) and schema["default"] is not None:
            out["default"] = schema["default"]
        if schema.get("deprecated") is True:
            out["deprecated"] = True
        if isinstance(schema.get("x-custody-pii"), str):
            out["pii"] = schema["x-custody-pii"]
        return out

    def unknown(self, schema: Json, path: str) -> None:
        for keyword in schema:
            if keyword not in _SILENT:
                self.note(keyword, path)
        if isinstance(schema.get("items"), dict) and set(schema["items"]) - {"type"}:
            self.note("items", path)

    def note(self, keyword: str, path: str) -> None:
        self.left.setdefault(keyword[:60], []).append(path[:80])


def _name(schema: Json) -> str:
    said = schema.get("title") or str(schema.get("$id") or schema.get("id") or "").rpartition("/")[2]
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", str(said).split(":contract:")[-1].partition(":")[0]).strip("_.-")[:90]
    name = name.removesuffix(".json").removesuffix(".schema")
    return name if name[:1].isalpha() else f"imported_{name}".rstrip("_")


def _version(schema: Json) -> str:
    found = re.search(r"[:/](\d+\.\d+\.\d+)$", str(schema.get("$id", "")))
    return found[1] if found else "1.0.0"
