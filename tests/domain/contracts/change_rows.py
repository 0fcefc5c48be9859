"""The design's table of changes, row by row and both ways: what is written, and what it must be graded as.

A row is (old text, new text, kind, consumer, subject, bump, gates, needs); the texts are pieces of `BASE`.
"""

# ruff: noqa: E501  (one line a row)
BASE = """\
name: orders_v1
version: 1.2.0
owner: orders@example.com
on_call: "#orders"
description: Orders of the shop.
tags: [shop]
asset: {namespace: shop, name: orders, kind: table, tier: 2, layer: raw}
classification: pii-low
residency: us-eu
retention_days: 365
encryption: at_rest+in_transit
schema:
  order_id: {type: string, required: true, unique: true}
  placed_at: {type: timestamp, required: true}
  email: {type: string, pii: email}
  state: {type: enum, allowed: [new, paid, sent], required: true}
  size: {type: enum, allowed: [s, m], open: true}
  colour: {type: enum, allowed: [red, blue], default: red}
  lane: {type: string, allowed: [left, right]}
  amount: {type: float, min: 0, max: 100}
  count: {type: integer}
  code: {type: string, pattern: "[a-z]+"}
  note: {type: string, description: A note.}
  old_code: {type: string, deprecated: true, removal_date: 2027-01-01}
  address: {type: object, fields: {city: {type: string, required: true}, zip: {type: string}}}
slos:
  freshness_minutes: {target: 15, alert: "> 20", element: placed_at, window: 60}
  completeness_pct: {target: 99.5, alert: "< 99", expected: 1000}
  accuracy_rules:
    - rule: "amount >= 0"
    - rule: "count in [1, 2, 3]"
    - {name: both, rule: "amount >= 0 and amount <= 90"}
change_policy: {breaking_change_notice_days: 14, deprecation_window_days: 30, contact: help@example.com}
privacy:
  deletion_propagation: [features/profile, vectors/semantic]
  audit_log_topic: audit.deletion
consumers: [{team: analytics, purpose: reports}]
house_key: {inner: 1}
"""

L, T, B, U, O = "loosens", "tightens", "both", "undetermined", "none"  # noqa: E741
_FIELD = "  count: {type: integer}\n"
_SIZE = "allowed: [s, m], open: true"
_EMAIL = "  email: {type: string, pii: email}\n"
_TARGETS = "[features/profile, vectors/semantic]"

ROWS = [
    # field added, optional / required / personal; removed or renamed
    (_FIELD, f"{_FIELD}  extra: {{type: string}}\n", "field.added", T, O, "minor", "R", "live-data"),
    (_FIELD, f"{_FIELD}  extra: {{type: string, required: true}}\n", "field.added-required", T, O, "minor", "R", "live-data"),
    (_FIELD, f"{_FIELD}  extra: {{type: string, pii: name}}\n", "field.added-personal", T, L, "major", "PO N", ""),
    (_FIELD, f"{_FIELD}  extra: {{type: text}}\n", "field.added-personal", T, L, "major", "PO N", ""),
    (_FIELD, f"{_FIELD}  extra: {{type: string, category: free_text}}\n", "field.added-personal", T, L, "major", "PO N", ""),
    (_FIELD, f"{_FIELD}  extra: {{type: object, fields: {{a: {{type: string, pii: name}}}}}}\n", "field.added-personal", T, L, "major", "PO N", ""),
    (_FIELD, "", "field.removed", L, O, "major", "D N", ""),
    ("  count: {", "  number: {", "field.removed", L, O, "major", "D N", ""),
    (", zip: {type: string}}", "}", "field.removed", L, O, "major", "D N", ""),
    (", zip: {type: string}}", ", zip: {type: string}, land: {type: string}}", "field.added", T, O, "minor", "R", "live-data"),
    # type widened, narrowed, swapped, to an enum
    ("count: {type: integer}", "count: {type: float}", "type.widened", L, O, "major", "N W", ""),
    ("count: {type: integer}", "count: {type: number}", "type.widened", L, O, "major", "N W", ""),
    ("{type: enum, allowed: [new, paid, sent], ", "{type: string, ", "type.widened", L, O, "major", "N W", ""),
    ("note: {type: string", "note: {type: text", "type.widened", L, O, "major", "N W", ""),
    ("{type: float, min", "{type: integer, min", "type.narrowed", B, O, "major", "N R", "live-data"),
    ("note: {type: string", "note: {type: timestamp", "type.swapped", B, O, "major", "N R", "live-data"),
    ("count: {type: integer}", "count: {type: string}", "type.swapped", B, O, "major", "N R", "live-data"),
    ("note: {type: string,", "note: {type: enum, allowed: [a, b],", "type.to-enum", T, O, "minor", "R", "live-data"),
    ("city: {type: string", "city: {type: integer", "type.swapped", B, O, "major", "N R", "live-data"),
    # enum values
    ("[new, paid, sent]", "[new, paid, sent, lost]", "enum.value-added", L, O, "major", "N W", ""),
    ("[left, right]", "[left, right, middle]", "enum.value-added", L, O, "major", "N W", ""),
    ("[s, m]", "[s, m, l]", "enum.value-added-open", O, O, "minor", "", ""),
    ("[red, blue]", "[red, blue, green]", "enum.value-added-open", O, O, "minor", "", ""),
    ("[new, paid, sent]", "[new, paid]", "enum.value-removed", T, O, "minor", "R", "live-data"),
    ("note: {type: string,", "note: {type: string, allowed: [a],", "enum.added", T, O, "minor", "R", "live-data"),
    (", allowed: [left, right]", "", "enum.dropped", L, O, "major", "N", ""),
    ("[left, right]", "[left, right], open: true", "enum.opened", L, O, "major", "N", ""),
    (_SIZE, "allowed: [s, m]", "enum.closed", T, O, "minor", "R", "live-data"),
    ("default: red", "default: blue", "default.changed", U, O, "major", "N W", ""),
    # required, unique
    ("placed_at: {type: timestamp, required: true}", "placed_at: {type: timestamp}", "required.dropped", L, O, "major", "N", ""),
    ("count: {type: integer}", "count: {type: integer, required: true}", "required.added", T, O, "minor", "R", "live-data"),
    (", unique: true", "", "unique.dropped", L, O, "major", "N", ""),
    ("count: {type: integer}", "count: {type: integer, unique: true}", "unique.added", T, O, "minor", "R", "live-data"),
    # limits and patterns
    ("min: 0,", "min: -5,", "limit.loosened", L, O, "major", "N", ""),
    ("min: 0, ", "", "limit.loosened", L, O, "major", "N", ""),
    ("max: 100", "max: 200", "limit.loosened", L, O, "major", "N", ""),
    ("min: 0,", "min: 5,", "limit.tightened", T, O, "minor", "R", "live-data"),
    ("max: 100", "max: 50", "limit.tightened", T, O, "minor", "R", "live-data"),
    ("count: {type: integer}", "count: {type: integer, max: 9}", "limit.tightened", T, O, "minor", "R", "live-data"),
    ('"[a-z]+"', '"[a-z]*"', "pattern.changed", U, O, "major", "N W", ""),
    (', pattern: "[a-z]+"', "", "pattern.removed", L, O, "major", "N", ""),
    ("note: {type: string,", "note: {type: string, pattern: x,", "pattern.added", T, O, "minor", "R", "live-data"),
    # accuracy rules
    ('    - rule: "amount >= 0"\n', "", "rule.removed", L, O, "major", "N", ""),
    ('    - rule: "amount >= 0"\n', '    - rule: "amount >= 0"\n    - rule: "note is not null"\n', "rule.added", T, O, "minor", "R", "live-data"),
    ('"amount >= 0"', '"amount >= -1"', "rule.weaker", L, O, "major", "N", ""),
    ('"amount >= 0"', '"amount >= 1"', "rule.stronger", T, O, "minor", "R", "live-data"),
    ("count in [1, 2, 3]", "count in [1, 2]", "rule.stronger", T, O, "minor", "R", "live-data"),
    ("count in [1, 2, 3]", "count in [1, 2, 3, 4]", "rule.weaker", L, O, "major", "N", ""),
    ("amount >= 0 and amount <= 90", "amount <= 90", "rule.weaker", L, O, "major", "N", ""),
    ("amount >= 0 and amount <= 90", "amount >= 0 or amount <= 90", "rule.weaker", L, O, "major", "N", ""),
    ("amount >= 0 and amount <= 90", "amount >= 0 and amount <= 80", "rule.stronger", T, O, "minor", "R", "live-data"),
    # a rule passes where an optional field is NULL, so speaking of one more field lets other rows pass: not provable
    ("amount >= 0 and amount <= 90", "amount >= 0 and amount <= 90 and count > 0", "rule.changed", U, O, "major", "N W", ""),
    ('"amount >= 0"', '"amount * 2 >= 0"', "rule.changed", U, O, "major", "N W", ""),
    ('"amount >= 0"', '"0 <= amount"', "text.changed", O, O, "patch", "", ""),
    # SLOs
    ("target: 15", "target: 30", "slo.loosened", L, O, "major", "N", ""),
    ("target: 99.5", "target: 99", "slo.loosened", L, O, "major", "N", ""),
    ('  completeness_pct: {target: 99.5, alert: "< 99", expected: 1000}\n', "", "slo.removed", L, O, "major", "N", ""),
    ("target: 15", "target: 10", "slo.tightened", T, O, "minor", "R", "slo-history"),
    ("target: 99.5", "target: 99.9", "slo.tightened", T, O, "minor", "R", "slo-history"),
    ("slos:\n", "slos:\n  drift_psi: {target: 0.2}\n", "slo.added", T, O, "minor", "R", "slo-history"),
    ('alert: "> 20"', 'alert: "> 25"', "slo.alert", O, O, "patch", "", ""),
    ('alert: "> 20"', 'alert: "> 20", for: 9 min', "slo.alert", O, O, "patch", "", ""),
    ("window: 60", "window: 24h", "slo.measured", B, O, "major", "N", ""),
    (", element: placed_at", "", "text.changed", O, O, "patch", "", ""),  # the sole required timestamp is meant anyway
    ("expected: 1000", "expected: 900", "slo.measured", B, O, "major", "N", ""),
    # privacy
    ("pii-low", "pii-high", "classification.raised", O, L, "major", "PO N", ""),
    ("pii-low", "pii-none", "classification.lowered", O, L, "major", "PO N", "evidence"),
    ("classification: pii-low\n", "", "classification.lowered", O, L, "major", "PO N", "evidence"),
    ("note: {type: string,", "note: {type: string, pii: name,", "personal.added", O, L, "major", "PO N", ""),
    ("note: {type: string,", "note: {type: text,", "personal.added", O, L, "major", "PO N", ""),
    ("note: {type: string,", "note: {type: string, category: free_text,", "personal.added", O, L, "major", "PO N", ""),
    (", pii: email", "", "personal.removed", O, L, "major", "PO N", "evidence"),
    ("pii: email", "pii: name", "personal.changed", O, L, "major", "PO N", "evidence"),
    ("us-eu", "us-eu-ca", "residency.region-added", O, L, "major", "PO N", ""),
    ("residency: us-eu\n", "", "residency.region-added", O, L, "major", "PO N", ""),
    ("us-eu", "us-ca", "residency.swapped", O, L, "major", "PO N", "stores"),
    ("us-eu", "eu-only", "residency.region-removed", O, T, "minor", "R", "stores"),
    ("365", "730", "retention.longer", T, L, "major", "PO N", ""),
    ("retention_days: 365\n", "", "retention.longer", T, L, "major", "PO N", ""),
    ("365", "30", "retention.shorter", L, T, "major", "N", ""),
    ("at_rest+in_transit", "at_rest", "encryption.dropped", O, L, "major", "PO N", ""),
    (_TARGETS, "[features/profile]", "deletion.removed", O, L, "major", "PO N", "empty-store"),
    (_TARGETS, "[features/profile, vectors/semantic, x]", "deletion.added", O, T, "minor", "", "connector"),
    ("audit.deletion", "audit.other", "audit.changed", O, L, "major", "PO N", ""),
    ("  audit_log_topic: audit.deletion\n", "", "audit.changed", O, L, "major", "PO N", ""),
    # windows, people, notes
    ("notice_days: 14", "notice_days: 7", "window.shortened", L, O, "major", "N", ""),
    ("window_days: 30", "window_days: 10", "window.shortened", L, O, "major", "N", ""),
    ("notice_days: 14", "notice_days: 28", "window.lengthened", T, O, "minor", "", ""),
    ("2027-01-01", "2026-12-01", "window.shortened", L, O, "major", "N", ""),
    ("owner: orders@", "owner: sales@", "people.changed", O, O, "patch", "S", ""),
    ("#orders", "#sales", "people.changed", O, O, "patch", "S", ""),
    ("help@", "aid@", "people.changed", O, O, "patch", "S", ""),
    ("owner: orders@example.com\n", "", "people.emptied", O, O, "patch", "S", ""),
    ('on_call: "#orders"\n', "", "people.emptied", O, O, "patch", "S", ""),
    (", contact: help@example.com", "", "people.emptied", O, O, "patch", "S", ""),
    ("note: {type: string,", "note: {type: string, deprecated: true, removal_date: 2027-01-01,", "field.deprecated", O, O, "minor", "", ""),
    (", deprecated: true, removal_date: 2027-01-01", "", "text.changed", O, O, "patch", "", ""),
    ("A note.", "A remark.", "text.changed", O, O, "patch", "", ""),
    ("tags: [shop]", "tags: [shop, web]", "text.changed", O, O, "patch", "", ""),
    ("Orders of the shop.", "All orders.", "text.changed", O, O, "patch", "", ""),
    # beside the table: who consumes, which asset, keys of the house
    ("[{team: analytics, purpose: reports}]", "[{team: analytics, purpose: reports}, {team: ads}]", "consumer.added", O, O, "patch", "", ""),
    ("consumers: [{team: analytics, purpose: reports}]\n", "", "consumer.removed", O, O, "patch", "N", ""),
    ("tier: 2", "tier: 3", "tier.lowered", L, O, "major", "N", ""),
    ("tier: 2", "tier: 1", "tier.raised", T, O, "minor", "", ""),
    ("name: orders,", "name: sales,", "asset.changed", U, U, "major", "N", ""),
    ("kind: table", "kind: stream", "asset.changed", U, U, "major", "N", ""),
    ("house_key: {inner: 1}", "house_key: {inner: 2}", "unknown.changed", U, U, "major", "N W", ""),
    ("house_key: {inner: 1}\n", "", "unknown.changed", U, U, "major", "N W", ""),
]  # fmt: skip

# kinds that are each other's way back
PAIRS = {
    "field.added": "field.removed", "field.added-required": "field.removed", "field.added-personal": "field.removed",
    "type.widened": "type.narrowed", "type.to-enum": "type.widened",
    "enum.value-added": "enum.value-removed", "enum.value-added-open": "enum.value-removed",
    "enum.added": "enum.dropped", "enum.opened": "enum.closed", "required.added": "required.dropped",
    "unique.added": "unique.dropped", "limit.tightened": "limit.loosened", "pattern.added": "pattern.removed",
    "rule.added": "rule.removed", "rule.stronger": "rule.weaker", "slo.added": "slo.removed",
    "slo.tightened": "slo.loosened", "classification.raised": "classification.lowered",
    "personal.added": "personal.removed", "residency.region-added": "residency.region-removed",
    "retention.longer": "retention.shorter", "encryption.added": "encryption.dropped", "audit.added": "audit.changed",
    "deletion.added": "deletion.removed", "window.lengthened": "window.shortened", "consumer.added": "consumer.removed",
    "tier.raised": "tier.lowered", "people.emptied": "people.changed",
}  # fmt: skip
# kinds that are their own way back, or (text) a note on either way
ITSELF = {"type.swapped", "default.changed", "pattern.changed", "rule.changed", "slo.measured", "slo.alert",
          "personal.changed", "audit.changed", "residency.swapped", "people.changed", "asset.changed", "text.changed",
          "unknown.changed"}  # fmt: skip


def ways_back(kind):
    """The kinds that undoing a change of this kind may have."""
    pairs = PAIRS.items()
    return {two for one, two in pairs if one == kind} | {one for one, two in pairs if two == kind} | ({kind} & ITSELF)
