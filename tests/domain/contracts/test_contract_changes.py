"""Each row of the table of changes, both ways: who is hit, which bump, which gates, which proof."""

import re
from pathlib import Path

import pytest

from contracts_app.domain.changes import GATES, NEEDS, TABLE
from contracts_app.domain.compare import compare_loaded
from contracts_app.domain.document import load
from tests.domain.contracts.change_rows import BASE, ROWS, ways_back

NAMES = [f"{row[2]}: {row[0].strip()[:30]} -> {row[1].strip()[:30]}" for row in ROWS]
SWAPPED = {"loosens": "tightens", "tightens": "loosens"}
# pairs of kinds whose consumer directions are not each other's opposite, and why
ODD = {
    "enum.value-added-open": "nothing was promised about values to come; that a value no longer comes is a promise",
    "type.narrowed": "a narrower type breaks readers too, a wider one only readers: it may be another physical type",
}


def found(old, new, kind):
    verdict = compare_loaded(load(old), load(new))
    return next((one for one in verdict.changes if one.kind == kind), None), verdict


def test_the_base_document_of_the_rows_has_no_error():
    assert [str(one) for one in load(BASE).findings if one.is_error] == []


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_each_row_is_graded_as_the_table_says(row):
    old, new, kind, consumer, subject, bump, gates, needs = row
    assert BASE.count(old) >= 1
    change, verdict = found(BASE, BASE.replace(old, new, 1), kind)
    assert change, [one.kind for one in verdict.changes]
    assert (change.consumer, change.subject, change.bump) == (consumer, subject, bump)
    assert (" ".join(change.gates), " ".join(change.requires)) == (gates, needs)
    assert not verdict.ok
    assert verdict.refusal.endswith(".")


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_way_back_is_graded_as_the_opposite(row):
    old, new, kind, consumer, *_ = row
    verdict = compare_loaded(load(BASE.replace(old, new, 1)), load(BASE))
    back = next((one for one in verdict.changes if one.kind in ways_back(kind)), None)
    if kind in ("field.deprecated", "text.changed"):  # un-deprecated: a note
        assert {one.kind for one in verdict.changes} <= {"text.changed", "field.deprecated"}
        return
    assert back or "renamed" in verdict.changes[0].message, [one.kind for one in verdict.changes]
    if back and not {kind, back.kind} & ODD.keys():
        assert back.consumer == SWAPPED.get(consumer, consumer)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_each_change_says_what_was_and_what_is_and_where(row):
    old, new, kind, *_ = row
    change, _ = found(BASE, BASE.replace(old, new, 1), kind)
    assert change.old != change.new or change.path == ""
    assert 1 <= change.line <= len(BASE.splitlines()) + 2
    assert change.message.endswith(".")


def test_every_kind_of_change_has_a_row_in_the_tests():
    back = {"encryption.added", "audit.added"}  # the ways back of `encryption.dropped` and `audit.changed`
    assert set(TABLE) == {row[2] for row in ROWS} | back


def test_every_major_change_carries_notice_and_what_the_privacy_officer_signs_is_never_waivable():
    for kind, row in TABLE.items():
        assert (row.bump == "major") <= ("N" in row.gates), kind
        assert not {"PO", "W"} <= set(row.gates), kind
        assert set(row.gates) <= set(GATES)
        assert set(row.needs) <= set(NEEDS)


def test_the_bump_is_the_worst_of_consumer_and_subject_unless_the_table_says_otherwise():
    bump_of = {"loosens": "major", "both": "major", "undetermined": "major", "tightens": "minor", "none": "patch"}
    order = ["patch", "minor", "major"]
    said_otherwise = {kind for kind, row in TABLE.items()
                      if row.bump != max(bump_of[row.consumer], bump_of[row.subject], key=order.index)}  # fmt: skip
    assert said_otherwise == {"enum.value-added-open", "field.deprecated"}


def test_the_first_audit_topic_protects_a_person_more():
    change, _ = found(BASE.replace("  audit_log_topic: audit.deletion\n", ""), BASE, "audit.added")
    assert (change.subject, change.bump, change.gates) == ("tightens", "minor", [])


@pytest.mark.parametrize(
    "emptied", ["owner: orders@example.com\n", 'on_call: "#orders"\n', ", contact: help@example.com"]
)
def test_taking_away_who_answers_is_refused_whatever_the_version(emptied):
    verdict = compare_loaded(load(BASE), load(BASE.replace(emptied, "").replace("1.2.0", "9.0.0")))
    assert not verdict.ok
    assert "name somebody else" in verdict.refusal


def test_free_text_in_an_asset_without_persons_is_an_ordinary_field():
    plain = re.sub(r"classification: pii-low|, pii: email", "", BASE)
    grown = plain.replace("  count: {", "  remark: {type: text}\n  count: {")
    change, verdict = found(plain, grown, "field.added")
    assert change
    assert verdict.required_bump == "minor"


def test_a_field_that_may_have_been_renamed_says_so_and_keeps_the_gates_of_both_halves():
    change, verdict = found(BASE, BASE.replace("  count: {", "  number: {"), "field.removed")
    assert "renamed to `number`" in change.message
    assert {"D", "N", "R"} <= verdict.gates


def test_an_element_that_nobody_names_is_the_sole_required_timestamp_and_a_second_one_moves_it():
    unnamed = BASE.replace(", element: placed_at", "")
    change, _ = found(unnamed, unnamed.replace("schema:\n", "schema:\n  seen: {type: timestamp, required: true}\n"),
                      "slo.measured")  # fmt: skip
    assert change.path == "slos.freshness_minutes.element"


def test_a_field_inside_a_field_is_found_by_its_whole_path():
    change, _ = found(BASE, BASE.replace("city: {type: string", "city: {type: integer"), "type.swapped")
    assert change.path == "schema.address.city.type"


def test_the_new_format_documents_in_the_repository_compare_with_themselves():
    text = (Path(__file__).parents[2] / "contracts_app/data/customer_events_v1.yaml").read_text()
    assert compare_loaded(load(text), load(f"# a comment\n{text}")).changes == []


def test_the_documented_table_is_the_codes_own():
    page = (Path(__file__).parents[3] / "docs/changes.md").read_text()
    for kind, row in TABLE.items():
        cells = (
            row.consumer,
            row.subject,
            row.producer,
            row.bump,
            " ".join(row.gates) or "-",
            " ".join(row.needs) or "-",
        )
        assert f"| `{kind}` | {' | '.join(cells)} |" in page
    for word, meaning in [*GATES.items(), *NEEDS.items()]:
        assert word in page
        assert meaning in page
