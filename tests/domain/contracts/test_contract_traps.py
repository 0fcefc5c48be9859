"""Every trap has its place, its reason and a one-click fix, after which the document says what its author meant."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts_app.domain.compare import compare_loaded
from contracts_app.domain.document import load
from contracts_app.domain.findings import MOST
from contracts_app.domain.source import MAX_BYTES, MAX_VALUES
from tests.domain.contracts.change_rows import BASE

# ruff: noqa: E501  (one line a row)
# (what stands in BASE, what somebody writes instead, code, line of the finding or 0, how to read the value, its meaning)
TRAPS = [
    ('"#orders"', "#orders", "trap.comment", 4, lambda d: d.on_call, "#orders"),
    ("owner: orders@example.com", "owner: @team", "yaml.broken", 3, lambda d: d.owner, "@team"),
    ("version: 1.2.0", "version: 1.10", "trap.version", 2, lambda d: d.version, "1.10.0"),
    ("version: 1.2.0", "version: 2", "trap.version", 2, lambda d: d.version, "2.0.0"),
    ("version: 1.2.0", "version: v1.2", "trap.version", 2, lambda d: d.version, "1.2.0"),
    ("residency: us-eu", "residency: NO", "trap.text", 9, lambda d: d.residency, {"no"}),
    ("residency: us-eu", "residency: US, EU", "format.residency", 9, lambda d: d.residency, {"us", "eu"}),
    ("at_rest+in_transit", "at rest and in transit", "format.encryption", 11, lambda d: d.encryption, {"at_rest", "in_transit"}),
    ("pii-low", "PII low", "format.classification", 8, lambda d: (d.category, d.sensitivity), ("pii", "low")),
    ("retention_days: 365", "retention_days: 1_000", "trap.number", 10, lambda d: d.retention_days, 1000),
    ("retention_days: 365", "retention_days: 0365", "trap.number", 10, lambda d: d.retention_days, 365),
    ("retention_days: 365", 'retention_days: "365"', "format.number", 10, lambda d: d.retention_days, 365),
    ("retention_days: 365", "retention_days: 1e3", "format.number", 10, lambda d: d.retention_days, 1000),
    ("retention_days: 365", "retention_day: 365", "format.unknown-key", 10, lambda d: d.retention_days, 365),
    ("retention_days: 365", "retention_days: 30\nretention_days: 365", "yaml.duplicate-key", 11, lambda d: d.retention_days, 365),
    ('alert: "> 20"', "alert: > 20", "yaml.broken", 27, lambda d: d.slo("freshness").alert.value, 20),
    ('alert: "> 20"', 'alert: "> 5"', "slo.early-alert", 27, lambda d: d.slo("freshness").alert.value, 15),
    ("target: 99.5", "target: >= 99.5%", "yaml.broken", 28, lambda d: d.slo("completeness").target.value, 99.5),
    ("[new, paid, sent]", "[yes, paid, sent]", "trap.text", 16, lambda d: d.field_named("state").allowed, ("yes", "paid", "sent")),
    ("[new, paid, sent]", "[010, paid, sent]", "trap.text", 16, lambda d: d.field_named("state").allowed, ("010", "paid", "sent")),
    ("tags: [shop]", "tags: [on]", "trap.text", 6, lambda d: d.tags, ("on",)),
    ("description: Orders of the shop.", "description: 12:30", "trap.text", 5, lambda d: d.description, "12:30"),
    ("email: {type: string, pii: email}", "work_email: {type: string, pii: true}", "schema.pii", 15, lambda d: d.field_named("work_email").pii, "email"),
    ("count: {type: integer}", "count: {type: int64}", "schema.type", 21, lambda d: d.field_named("count").type, "bigint"),
    ("count: {type: integer}", "count: {type: intger}", "schema.type", 21, lambda d: d.field_named("count").type, "integer"),
    ("note: {type: string, description", "note: {type: string, descripton", "format.unknown-key", 23, lambda d: d.field_named("note").description, "A note."),
    ("deletion_propagation", "deletion_propagations", "format.unknown-key", 35, lambda d: d.deletion_targets[1], "vectors/semantic"),
    ('rule: "amount >= 0"', 'rule: "state == new"', "rule.refused", 30, lambda d: d.rules[0].text, "state == 'new'"),
    ('rule: "amount >= 0"', 'rule: "code in [note, other]"', "rule.refused", 30, lambda d: d.rules[0].text, "code in ['note', other]"),
    ("  lane: {", "  yes: {", "yaml.key", 19, lambda d: d.field_named("yes").type, "string"),
    ("  freshness_minutes:", "\tfreshness_minutes:", "yaml.tab", 0, lambda d: d.slo("freshness").target.value, 15),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "line", "value", "meant"), TRAPS, ids=[row[1][:40] for row in TRAPS])
def test_a_trap_is_found_at_its_place_and_one_click_makes_it_say_what_was_meant(old, new, code, line, value, meant):
    assert old in BASE
    source = BASE.replace(old, new, 1)
    found = next(one for one in load(source).findings if one.code == code)
    assert found.message.endswith((".", "?"))
    assert found.fix.label
    assert line in (0, found.line), found
    assert found.column >= 1
    mended = load(found.fix.apply(source))
    assert (code, found.line) not in {(one.code, one.line) for one in mended.findings}
    assert [one for one in mended.findings if one.is_error] == []
    assert value(mended.document) == meant


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("owner: orders@example.com", "owner:", "format.empty"),
        ("owner: orders@example.com", 'owner: " "', "format.empty"),
        ("owner: orders@example.com\n", "", "format.missing"),
        ('on_call: "#orders"', 'on_call: ""', "format.empty"),
        ("contact: help@example.com", 'contact: ""', "format.empty"),
        ("pii: email", "pii: true", "schema.pii"),
        ("2027-01-01", "soon", "schema.removal-date"),
        ("2027-01-01", "2027-02-30", "schema.removal-date"),
        ("{team: analytics, purpose: reports}", "{purpose: reports}", "format.missing"),
        ("house_key:", "raci: [a, b]\nhouse_key:", "format.mapping"),
        ("{type: timestamp, required: true}", "{type: timestamp, required: true, allowed: [later]}", "schema.enum"),
        ("{type: integer}", "{type: integer, allowed: [true]}", "schema.enum"),
        ("{type: integer}", "{type: json, allowed: [a]}", "schema.enum"),
        ('"[a-z]+"', r"'\bword\b'", "schema.pattern"),
        ('"[a-z]+"', '"(a+"', "schema.pattern"),
        ('"[a-z]+"', '"[[:alpha:]]"', "schema.pattern"),
        ('rule: "amount >= 0"', 'rule: "pg_sleep(10) > 0"', "rule.refused"),
        ('rule: "amount >= 0"', 'rule: "amount > (select 1)"', "rule.refused"),
        ('rule: "amount >= 0"', 'rule: "missing >= 0"', "rule.refused"),
        ('rule: "amount >= 0"', 'name: "no rule"', "slo.rules"),
        ("note: {type: string", "note: {type: time, allowed: ['09:30']", "schema.enum"),
    ],
)
def test_what_cannot_be_kept_or_run_is_an_error(old, new, code):
    assert old in BASE
    errors = [one.code for one in load(BASE.replace(old, new, 1)).findings if one.is_error]
    assert code in errors


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (", removal_date: 2027-01-01", "", "schema.removal-date"),
        ("deprecated: true, ", "", "schema.removal-date"),
        ("count: {type: integer}", "count: {type: integer, open: true}", "schema.open"),
        ("default: red", "default: pink", "schema.default"),
        ("expected: 1000", "runbook: x", "slo.expected"),
    ],
)
def test_what_says_nothing_is_a_warning(old, new, code):
    loaded = load(BASE.replace(old, new, 1))
    assert code in [one.code for one in loaded.findings]
    assert loaded.ok


def test_a_time_of_day_is_no_moment_so_no_rule_compares_it_with_one():
    source = BASE.replace("note: {type: string", "note: {type: time").replace(
        '"amount >= 0"', "\"note > '2026-01-01'\""
    )
    assert "rule.refused" in [one.code for one in load(source).findings if one.is_error]
    only = BASE.replace("placed_at: {type: timestamp", "placed_at: {type: time").replace(", element: placed_at", "")
    assert "slo.element" in [one.code for one in load(only).findings]


def test_rules_of_a_field_inside_a_field_are_said_to_be_kept_but_not_run():
    (found,) = [one for one in load(BASE).findings if one.code == "rule.inner"]
    assert (found.path, found.is_error) == ("schema.address.city", False)


def test_free_text_where_nobody_says_person_is_a_question_and_no_error():
    plain = (
        BASE.replace("classification: pii-low\n", "")
        .replace(", pii: email", "")
        .replace("note: {type: string", "note: {type: text")
    )
    (found,) = [one for one in load(plain).findings if one.code == "privacy.free-text"]
    assert not found.is_error


HOSTILE = {
    "distinct keys": "".join(f"k{number}:\n" for number in range(120_000)),
    "one key": "a:\n" * 300_000,
    "fields": "schema:\n" + "".join(f" k{number}: {{}}\n" for number in range(60_000)),
    "rules": "slos:\n accuracy_rules:\n" + "  - 'a > 1'\n" * 40_000,
    "one long rule": "schema: {a: {type: integer}}\nslos:\n accuracy_rules:\n  - '" + "a > 1 and " * 90_000 + "'",
    "digits": "retention_days: " + "9" * 1_000_000,
    "hexadecimal": "version: 0x" + "f" * 1_000_000,
    "base sixty": "retention_days: 1" + ":59" * 300_000,
    "a short one": "retention_days: 1" + ":59" * 130,
    "binary": "retention_days: 0b" + "1" * 1_000_000,
    "brackets": "a: " + "[" * 500_000,
    "tabs": "\ta: 1\n" * 150_000,
    "one line": "a: [" + "1," * 500_000 + "]",
    "a pattern": "schema: {a: {type: string, pattern: '" + "(a+)+" * 90 + "$'}}",
    "repeats": "schema: {a: {type: string, pattern: '" + "(a{1,200}){1,200}" * 20 + "'}}",
    "aliases": "a: &a [x,x]\nb: &b [*a,*a]\n" * 9,
    "half a character": "a: '\ud800'",
    "a NUL": "a: \x00",
    "no number": "retention_days: .nan",
    "without end": "retention_days: -.inf",
    "unknown keys": "".join(f"unknown_{number}: 1\n" for number in range(20_000)),
    "long key": "k" * 500_000 + ": 1",
    "UTF-16": "a: 1".encode("utf-16"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_or_read_in_a_moment_with_few_findings(name):
    started = time.process_time()
    loaded = load(HOSTILE[name])
    assert not loaded.ok
    assert 1 <= len(loaded.findings) <= MOST
    json.dumps([found.as_dict() for found in loaded.findings]).encode()
    assert time.process_time() - started < 20  # minutes without the limits; how fast it is, the benchmarks say


def test_the_limits_are_said_in_the_finding():
    assert load(HOSTILE["one key"]).findings[0].code == "yaml.too-many"
    assert f"{MAX_VALUES:,}" in load(HOSTILE["one key"]).findings[0].message
    assert load(b"a" * (MAX_BYTES + 1)).findings[0].code == "yaml.too-large"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PATHS = [
    ("name",), ("version",), ("owner",), ("asset",), ("asset", "tier"), ("asset", "kind"), ("tags",), ("classification",),
    ("residency",), ("encryption",), ("retention_days",), ("schema",), ("schema", "state"), ("schema", "state", "allowed"),
    ("schema", "state", "open"), ("schema", "amount", "min"), ("schema", "amount", "type"), ("schema", "code", "pattern"),
    ("schema", "email", "pii"), ("schema", "address", "fields"), ("schema", "colour", "default"),
    ("schema", "old_code", "removal_date"), ("slos",), ("slos", "freshness_minutes"), ("slos", "accuracy_rules"),
    ("slos", "freshness_minutes", "target"), ("slos", "freshness_minutes", "for"), ("slos", "completeness_pct", "expected"),
    ("change_policy",), ("change_policy", "breaking_change_notice_days"), ("privacy",), ("privacy", "deletion_propagation"),
    ("consumers",), ("raci",), ("extensions",), ("house_key",),
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(PATHS), JUNK), min_size=1, max_size=3))
def test_neither_lint_nor_compare_falls_over_whatever_stands_under_a_key(edits):
    data = load(BASE).source.data
    for path, junk in edits:
        _put(data, path, junk)
    base, loaded = load(BASE), load(json.dumps(data))
    assert loaded.document is not None or loaded.findings
    if loaded.document is None or not loaded.document.version:
        return  # said by a finding; there is nothing to compare
    for one, other in ((base, loaded), (loaded, base)):
        verdict = compare_loaded(one, other)
        json.dumps(verdict.as_dict())
        assert verdict.changes or loaded.digest == base.digest


def _put(data, path, junk):
    for step in path[:-1]:
        data = data.get(step) if isinstance(data, dict) else None
    if isinstance(data, dict):
        data[path[-1]] = junk
