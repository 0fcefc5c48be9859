"""The house format: the programme's own contract passes as written, and every trap is pointed at with its fix."""

from pathlib import Path

import pytest
import yaml

from contracts_app.domain.document import canonical_hash, load
from contracts_app.domain.model import AssetRef
from contracts_app.domain.terms import slo_terms

FILE = Path(__file__).parents[2] / "contracts_app/data/customer_events_v1.yaml"
EXAMPLE = FILE.read_text()


def errors(text):
    return [found for found in load(text).findings if found.is_error]


def test_the_programmes_contract_is_accepted_exactly_as_written():
    loaded = load(FILE.read_bytes())
    assert loaded.ok
    document = loaded.document
    assert document.asset == AssetRef("default", "customer_events_v1", derived=True)
    assert (document.category, document.sensitivity) == ("pii", "low")
    assert document.residency == {"us"}
    assert document.encryption == {"at_rest", "in_transit"}
    assert [spec.name for spec in document.fields if not spec.required] == ["amount_usd"]
    assert document.deletion_targets[0] == "features/customer_profile"
    assert document.unknown == {}


def test_the_slos_of_the_programmes_contract_get_the_catalogs_defaults():
    terms = {term.kind: term for term in slo_terms(load(EXAMPLE).document)}
    assert set(terms) == {"freshness", "completeness", "accuracy"}
    fresh = terms["freshness"]
    assert (fresh.target, fresh.alert, fresh.for_minutes, fresh.element) == (("<=", 15), (">", 20), 5, "event_ts")
    assert (terms["completeness"].target, terms["completeness"].for_minutes) == ((">=", 99.5), 10)
    assert (terms["accuracy"].target, terms["accuracy"].alert) == ((">=", 99.9), ("<", 99.7))
    assert terms["accuracy"].for_minutes == 15
    assert {term.owner for term in terms.values()} == {"data-platform@company.com"}


def test_the_hash_is_over_what_was_authored_and_not_over_its_spelling():
    digest = load(EXAMPLE).digest
    assert digest == canonical_hash(yaml.safe_load(EXAMPLE))
    assert load("# a comment\n" + EXAMPLE.replace("us-only", '"us-only"')).digest == digest
    assert load(EXAMPLE.replace("us-only", "us-eu")).digest != digest


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "mends"),
    [
        ('"#data-oncall"', "#data-oncall", "trap.comment", 4, '"#data-oncall"'),
        ('"> 20"', "> 20", "yaml.broken", 17, '"> 20"'),
        ("residency: us-only", "residency: NO", "trap.text", 6, 'residency: "NO"'),
        ("version: 1.2.0", "version: 1.10", "trap.version", 2, "version: 1.10.0"),
        ("owner: data-platform@company.com", "owner: @data-platform", "yaml.broken", 3, '"@data-platform"'),
        ("retention_days: 365", "retention_days: 1_000", "trap.number", 7, "1000"),
        ("version: 1.2.0", "version: 1.2.0\nversion: 1.3.0", "yaml.duplicate-key", 3, "version: 1.3.0"),
        ('"amount_usd >= 0"', '"event_type == purchase"', "rule.refused", 20, "'purchase'"),
    ],
)
def test_each_yaml_trap_has_its_line_and_a_fix_that_mends_the_document(old, new, code, line, mends):
    source = EXAMPLE.replace(old, new)
    found = next(found for found in errors(source) if found.code == code)
    assert found.line == line
    mended = found.fix.apply(source)
    assert mends in mended
    assert load(mended).ok


def test_a_block_scalar_alert_in_block_style_is_quoted_by_one_click():
    source = "slos:\n  freshness_minutes:\n    target: 15\n    alert: >20\n"
    found = next(f for f in load(source).findings if f.code in ("trap.block", "yaml.broken"))
    assert 'alert: ">20"' in found.fix.apply(source)
    source = source.replace(">20", ">5")
    found = next(f for f in load(source).findings if f.code == "trap.block")
    assert 'alert: ">5"' in found.fix.apply(source)


def test_booleans_in_an_enum_are_found_one_by_one():
    source = EXAMPLE.replace("[view, add_to_cart, purchase], required", "[yes, no], required")
    found = [f for f in errors(source) if f.code == "trap.text"]
    assert [f.fix.label for f in found] == ['Write "yes"', 'Write "no"']


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("schema: {a: {type: string, pii: true}}", "schema.pii"),
        ("schema: {a: {type: string, min: 3}}", "schema.limit"),
        ("schema: {a: {type: integer, min: 3, max: 2}}", "schema.limit"),
        ("schema: {a: {type: enum}}", "schema.enum"),
        ("schema: {a: {type: strin}}", "schema.type"),
        ("schema: {a: {type: string, pattern: '('}}", "schema.pattern"),
        ("schema: {a: {type: string, pattern: '(?=a)'}}", "schema.pattern"),
        ("schema: {a: {type: string, pii: email}}", "privacy.classification"),
        ("slos: {freshness_minutes: {target: 15, alert: '< 10'}}", "slo.direction"),
        ("slos: {freshness_minutes: {target: soon}}", "slo.bound"),
        ("slos: {freshness_minutes: {target: 15}}", "slo.element"),
        ("slos: {accuracy_pct: {target: 99}}", "slo.no-rules"),
        ("asset: {tier: 4}", "asset.tier"),
        ("classification: secretish", "format.classification"),
        ("encryption: rot13", "format.encryption"),
        ("owner: ''", "format.empty"),
        ("consumers: nobody", "format.list"),
    ],
)
def test_a_promise_that_cannot_be_kept_is_an_error(extra, code):
    found = errors(extra)
    assert code in {one.code for one in found}


def test_an_alert_inside_the_target_and_an_unknown_key_are_warnings():
    loaded = load(EXAMPLE.replace('"> 20"', '"> 10"') + "\nhouse_key: 1\n")
    assert loaded.ok
    assert {"slo.early-alert", "format.unknown-key"} <= {found.code for found in loaded.findings}
    assert loaded.document.unknown == {"house_key": 1}
