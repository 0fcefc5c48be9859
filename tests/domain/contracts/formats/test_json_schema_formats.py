"""JSON Schema both ways: what a contract promises of a row is what a validator accepts."""

import json

import jsonschema
import pytest

from contracts_app.domain.document import load
from contracts_app.domain.formats.json_schema_in import from_json_schema
from contracts_app.domain.formats.json_schema_out import to_json_schema
from contracts_app.domain.formats.notes import FormatError
from contracts_app.domain.formats.writing import write

CONTRACT = """
name: sign_ups
version: 2.1.0
description: Who signed up
schema:
  id: {type: uuid, required: true}
  email: {type: string, required: true, pii: email, pattern: "^.+@.+$"}
  plan: {type: enum, allowed: [free, paid], required: true}
  source: {type: enum, allowed: [web, app], open: true}
  age: {type: integer, min: 16, max: 130}
  price: {type: decimal, min: 0}
  at: {type: timestamp, required: true}
  ok: {type: boolean}
  tags: {type: array}
  vector: {type: vector}
  raw: {type: json}
  address: {type: object, fields: {city: {type: string, required: true}, zip: {type: string}}}
"""
ROW = {
    "id": "6f1b2c9e-0d4f-4b43-93f5-1f1f2f8f6a11", "email": "a@b", "plan": "free", "source": "fax", "age": 16,
    "price": 0, "at": "2026-01-01T00:00:00Z", "ok": True, "tags": [1], "vector": [0.5], "raw": {"x": [1]},
    "address": {"city": "Bonn"},
}  # fmt: skip
WRONG = [
    {"email": None}, {"email": "nobody"}, {"plan": "gold"}, {"plan": None}, {"age": 15}, {"age": 131}, {"age": 16.5},
    {"price": -0.01}, {"ok": "yes"}, {"tags": 1}, {"vector": ["a"]}, {"address": {}}, {"address": {"city": 1}},
    {"at": 1},
]  # fmt: skip


def schema_of(text):
    return to_json_schema(load(text).document)


def test_the_schema_is_sound_and_accepts_a_row_that_keeps_every_promise():
    schema = schema_of(CONTRACT)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(ROW)


def test_optional_fields_may_be_null_or_absent():
    validator = jsonschema.Draft202012Validator(schema_of(CONTRACT))
    validator.validate({**ROW, "age": None, "address": None, "source": None, "tags": None})
    validator.validate({key: ROW[key] for key in ("id", "email", "plan", "at")})


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_row_that_breaks_a_promise_is_refused(wrong):
    assert not jsonschema.Draft202012Validator(schema_of(CONTRACT)).is_valid({**ROW, **wrong})


@pytest.mark.parametrize("missing", ["id", "email", "plan", "at"])
def test_a_row_without_a_required_field_is_refused(missing):
    row = {key: value for key, value in ROW.items() if key != missing}
    assert not jsonschema.Draft202012Validator(schema_of(CONTRACT)).is_valid(row)


def test_the_fields_come_back_from_the_schema_that_was_made_of_them():
    data, notes = from_json_schema(json.loads(json.dumps(schema_of(CONTRACT))))
    again = load(write(data)).document
    assert (again.name, again.version, again.description) == ("sign_ups", "2.1.0", "Who signed up")
    first = load(CONTRACT).document
    for name in ("id", "email", "plan", "age", "at", "ok", "tags", "address"):
        old, new = first.field_named(name), again.field_named(name)
        assert (new.type, new.required, new.allowed, new.min, new.max, new.pattern, new.pii, len(new.fields)) == (
            old.type, old.required, old.allowed, old.min, old.max, old.pattern, old.pii, len(old.fields),
        )  # fmt: skip
    assert {note.path for note in notes if note.kind == "add"} == {"owner", "on_call", "classification", "slos"}


def test_what_has_no_word_of_ours_is_noted_with_its_place_and_nothing_is_fetched():
    schema = {
        "title": "t",
        "properties": {
            "a": {"$ref": "https://evil.example/schema.json"},
            "b": {"type": "number", "multipleOf": 0.01},
            "c": {"oneOf": [{"type": "string"}, {"type": "number"}]},
            "d": {"type": ["string", "number", "null"]},
            "e": {"type": "string", "format": "hostname"},
            "f": True,
        },
    }
    data, notes = from_json_schema(schema)
    left = {note.path: note.text for note in notes if note.kind == "left"}
    assert {"multipleOf", "oneOf", "type with several types", "format hostname", "true"} < set(left)
    assert "never fetched" in next(text for path, text in left.items() if path.startswith("$ref"))
    assert [spec["type"] for spec in data["schema"].values()] == ["json", "number", "json", "json", "string", "json"]


def test_a_nullable_field_is_not_required_whatever_the_list_says():
    schema = {
        "title": "t",
        "required": ["a", "b", "c", "d"],
        "properties": {
            "a": {"type": ["string", "null"]},
            "b": {"anyOf": [{"$ref": "#/definitions/day"}, {"type": "null"}]},
            "c": {"type": "integer", "nullable": True},
            "d": {"const": "x"},
        },
        "definitions": {"day": {"type": "string", "format": "date"}},
    }
    fields = from_json_schema(schema)[0]["schema"]
    assert fields["b"] == {"type": "date"}
    assert [name for name, spec in fields.items() if spec.get("required")] == ["d"]
    assert fields["d"] == {"type": "enum", "allowed": ["x"], "required": True}


def test_references_in_a_circle_and_without_end_are_refused():
    circle = {"properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"properties": {"n": {"$ref": "#/$defs/n"}}}}}
    with pytest.raises(FormatError, match="in a circle"):
        from_json_schema(circle)
    chain = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(200)}
    with pytest.raises(FormatError, match="more than 40"):
        from_json_schema({"properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": chain})
