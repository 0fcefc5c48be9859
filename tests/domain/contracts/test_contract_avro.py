"""Against the Avro library: where FORWARD compatibility breaks, the consumer's grade is never better than MAJOR.

FORWARD means that readers of the old schema read what is written under the new one. A contract becomes an Avro record:
an optional field is a union with null, a list of values an enum, a default an enum's default.
"""

import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import make_avsc_object
from hypothesis import given
from hypothesis import strategies as st

from contracts_app.domain.compare import compare_loaded
from contracts_app.domain.document import load
from tests.domain.contracts.strategies import plain_fields, schemas, written

AVRO = {"string": "string", "text": "string", "uuid": "string", "integer": "int", "bigint": "long", "float": "float",
        "double": "double", "boolean": "boolean", "date": "int", "timestamp": "long", "bytes": "bytes"}  # fmt: skip
# where Avro refuses and the design does not, and why; the last test holds each of them against the library
LAXER = {
    "type.to-enum": "Avro writes an enum as a number; a column of words stays a column of words",
    "enum.value-added-open": "`open: true` says in words that readers must expect more; Avro knows only a default",
}
FIELDS = plain_fields(types=tuple(AVRO))


def record(schema, name="R"):
    return {"type": "record", "name": name, "fields": [_field(key, spec, name) for key, spec in schema.items()]}


def _field(key, spec, path):
    kind = _type(key, spec, path)
    return {"name": key, "type": kind if spec.get("required") else ["null", kind]}


def _type(key, spec, path):
    if spec["type"] == "object":
        return record(spec["fields"], f"{path}_{key}")
    if spec["type"] != "enum":
        return AVRO[spec["type"]]
    default = {"default": spec["default"]} if "default" in spec else {}
    return {"type": "enum", "name": f"{path}_{key}_enum", "symbols": spec["allowed"], **default}


def forward(old, new):
    """Whether a reader of the old schema reads what is written under the new one, as Avro says."""
    reader, writer = (make_avsc_object(record(schema)) for schema in (old, new))
    found = ReaderWriterCompatibilityChecker().get_compatibility(reader, writer)
    return found.compatibility is SchemaCompatibilityType.compatible


def verdict(old, new):
    def contract(schema):
        head = {"name": "a", "version": "1.0.0", "owner": "a@example.com", "classification": "pii-low"}
        return load(written({**head, "schema": schema}))

    return compare_loaded(contract(old), contract(new))


@given(schemas(FIELDS), schemas(FIELDS))
def test_where_avro_breaks_its_readers_our_grade_is_never_laxer(old, new):
    found = verdict(old, new)
    if not forward(old, new) and not LAXER.keys() & {one.kind for one in found.changes}:
        assert found.required_bump == "major"
        assert {one.consumer for one in found.changes} & {"loosens", "both", "undetermined"}


@given(st.data(), schemas(FIELDS))
def test_of_one_edited_field_our_grade_is_never_laxer(data, old):
    """One edit at a time, so that no other change can hide a lax grade."""
    name = data.draw(st.sampled_from([key for key in old if key != "whole"] or ["new"]))
    new = {**old, name: data.draw(FIELDS)}
    found = verdict(old, new)
    if not forward(old, new) and not LAXER.keys() & {one.kind for one in found.changes}:
        assert found.required_bump == "major"


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ({"type": "string"}, {"type": "enum", "allowed": ["a"]}, "type.to-enum"),
        ({"type": "enum", "allowed": ["a"], "open": True}, {"type": "enum", "allowed": ["a", "b"], "open": True},
         "enum.value-added-open"),
    ],
)  # fmt: skip
def test_the_exceptions_are_no_more_than_these_and_are_real(old, new, kind):
    assert kind in LAXER
    assert not forward({"x": old}, {"x": new})
    found = verdict({"x": old}, {"x": new})
    assert ([one.kind for one in found.changes], found.required_bump) == ([kind], "minor")


@pytest.mark.parametrize(
    ("old", "new", "avro_reads", "bump"),
    [
        ({}, {"x": {"type": "integer"}}, True, "minor"),  # field added, optional
        ({}, {"x": {"type": "integer", "required": True}}, True, "minor"),  # field added, required
        ({"x": {"type": "integer"}}, {}, False, "major"),
        ({"x": {"type": "integer"}}, {"y": {"type": "integer"}}, False, "major"),  # renamed
        ({"x": {"type": "integer", "required": True}}, {"x": {"type": "integer"}}, False, "major"),
        ({"x": {"type": "integer"}}, {"x": {"type": "integer", "required": True}}, True, "minor"),
        ({"x": {"type": "integer"}}, {"x": {"type": "bigint"}}, False, "major"),
        ({"x": {"type": "bigint"}}, {"x": {"type": "integer"}}, True, "major"),  # stricter: narrowed is `both`
        ({"x": {"type": "string"}}, {"x": {"type": "bytes"}}, True, "major"),  # stricter: Avro lets bytes pass as text
        ({"x": {"type": "enum", "allowed": ["a"]}}, {"x": {"type": "enum", "allowed": ["a", "b"]}}, False, "major"),
        ({"x": {"type": "enum", "allowed": ["a", "b"]}}, {"x": {"type": "enum", "allowed": ["a"]}}, True, "minor"),
        ({"x": {"type": "enum", "allowed": ["a"], "default": "a"}},
         {"x": {"type": "enum", "allowed": ["a", "b"], "default": "a"}}, True, "minor"),
    ],
)  # fmt: skip
def test_the_known_rows_are_as_avro_grades_them_or_stricter(old, new, avro_reads, bump):
    key = {"k": {"type": "string", "required": True}}
    assert forward({**key, **old}, {**key, **new}) is avro_reads
    assert verdict({**key, **old}, {**key, **new}).required_bump == bump
