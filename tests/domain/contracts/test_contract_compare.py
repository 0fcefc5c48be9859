"""Changes by natural key, the bump they need, who signs, and the two commands of the console script."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts_app.domain import lifecycle
from contracts_app.domain.compare import compare_loaded
from contracts_app.domain.document import load
from contracts_app.domain.lifecycle import LifecycleError, Signed, SigningRole, State
from portal.cli.commands.diff import main as diff_main
from portal.cli.commands.lint import main as lint_main

FILE = Path(__file__).parents[2] / "contracts_app/data/customer_events_v1.yaml"
EXAMPLE = FILE.read_text()


def changed(old, new, before=EXAMPLE):
    assert old in before
    return compare_loaded(load(before), load(before.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "kind", "bump", "gates"),
    [
        ("  amount_usd:  {type: float, min: 0.0, required: false}\n", "", "field.removed", "major", "D N"),
        ("schema:\n", "schema:\n  note: {type: string}\n", "field.added", "minor", "R"),
        ("schema:\n", "schema:\n  note: {type: text}\n", "field.added-personal", "major", "PO N"),
        ("schema:\n", "schema:\n  mail: {type: string, pii: email}\n", "field.added-personal", "major", "PO N"),
        ("{type: float, min", "{type: double, min", "type.widened", "major", "N W"),
        ("{type: float, min", "{type: integer, min", "type.narrowed", "major", "N R"),
        ("purchase], required", "purchase, refund], required", "enum.value-added", "major", "N W"),
        ("add_to_cart, purchase], required", "purchase], required", "enum.value-removed", "minor", "R"),
        ("min: 0.0, required: false", "min: 0.0, required: true", "required.added", "minor", "R"),
        ("timestamp, required: true", "timestamp, required: false", "required.dropped", "major", "N"),
        ("min: 0.0", "min: -1", "limit.loosened", "major", "N"),
        ("min: 0.0", "min: 1", "limit.tightened", "minor", "R"),
        ("target: 15", "target: 20", "slo.loosened", "major", "N"),
        ("target: 15", "target: 10", "slo.tightened", "minor", "R"),
        ('">= 99.5%"', '">= 99.0%"', "slo.loosened", "major", "N"),
        ('alert: "> 20"', 'alert: "> 25"', "slo.alert", "patch", ""),
        ('    - rule: "amount_usd >= 0"\n', "", "rule.removed", "major", "N"),
        ("pii-low", "pii-high", "classification.raised", "major", "PO N"),
        ("us-only", "us-eu", "residency.region-added", "major", "PO N"),
        ("365", "730", "retention.longer", "major", "PO N"),
        ("365", "30", "retention.shorter", "major", "N"),
        ("at_rest:+in_transit", "at_rest", "encryption.dropped", "major", "PO N"),
        ('    - "raw_lake/clickstream"\n', "", "deletion.removed", "major", "PO N"),
        ("audit.deletion", "audit.other", "audit.changed", "major", "PO N"),
        ("notice_days: 14", "notice_days: 7", "window.shortened", "major", "N"),
        ("window_days: 30", "window_days: 60", "window.lengthened", "minor", ""),
        ("data-platform@company.com", "data-lake@company.com", "people.changed", "patch", "S"),
        ("schema:\n", "house_key: 2\nschema:\n", "unknown.changed", "major", "N W"),
        ("version: 1.2.0", "version: 1.2.0\ndescription: x", "text.changed", "patch", ""),
    ],
)
def test_each_change_has_the_bump_and_the_gates_of_the_table(old, new, kind, bump, gates):
    verdict = changed(old, new)
    found = next(one for one in verdict.changes if one.kind == kind)
    assert (found.bump, " ".join(found.gates), verdict.required_bump) == (bump, gates, bump)
    assert not verdict.ok  # the version was not raised


def test_order_comments_and_quoting_are_no_change():
    lines = EXAMPLE.splitlines(keepends=True)
    swapped = "".join([*lines[:10], lines[11], lines[10], *lines[12:]])
    verdict = compare_loaded(load(EXAMPLE), load(swapped))
    assert (verdict.changes, verdict.ok) == ([], True)


def test_an_open_enum_may_grow_in_a_minor_version():
    opened = EXAMPLE.replace("purchase], required", "purchase], open: true, required")
    verdict = changed("purchase], open", "purchase, refund], open", opened)
    assert verdict.required_bump == "minor"


def test_a_lower_version_and_another_hash_under_the_same_version_are_refused():
    assert changed("1.2.0", "1.1.0").declared_bump == "lower"
    assert not changed("1.2.0", "1.1.0").ok
    assert not changed("amount_usd >= 0", "amount_usd  >= 0").ok


def test_states_only_move_forward():
    assert lifecycle.step(State.SCHEDULED, State.ACTIVE) is State.ACTIVE
    with pytest.raises(LifecycleError):
        lifecycle.step(State.ACTIVE, State.PROPOSED)


def test_who_signs_depends_on_tier_and_personal_data():
    document = load(EXAMPLE).document
    needed = lifecycle.roles_needed(document, tier=1, first=True, gates=())
    assert [role.value for role in needed] == ["producer", "accountable", "privacy officer"]
    assert lifecycle.roles_needed(document, tier=2, first=False, gates=("N",)) == [SigningRole.PRODUCER]


def test_one_person_never_signs_twice_and_the_proposer_signs_as_producer_only():
    needed = [SigningRole.PRODUCER, SigningRole.ACCOUNTABLE]
    ask = lambda person, role, signed=(): lifecycle.refusal(  # noqa: E731
        person=person, role=role, proposer=1, needed=needed, signed=signed
    )
    assert ask(1, SigningRole.PRODUCER) is None
    assert "producer only" in ask(1, SigningRole.ACCOUNTABLE)
    assert "two roles" in ask(2, SigningRole.ACCOUNTABLE, [Signed(2, SigningRole.PRODUCER)])
    assert "already signed" in ask(3, SigningRole.PRODUCER, [Signed(2, SigningRole.PRODUCER)])
    assert "needs no signature" in ask(3, SigningRole.PRIVACY)


def test_the_old_contracts_notice_counts_and_a_first_version_without_consumers_has_none():
    old, shorter = load(EXAMPLE).document, load(EXAMPLE.replace("notice_days: 14", "notice_days: 1")).document
    assert lifecycle.notice_days(old, shorter, {"N"}) == 14
    assert lifecycle.notice_days(old, shorter, {"R"}) == 0
    assert lifecycle.notice_days(None, old, ()) == 0
    consumed = load(EXAMPLE + "\nconsumers: [{team: analytics}]\n").document
    assert lifecycle.notice_days(None, consumed, ()) == 14
    assert lifecycle.notice_ends(datetime(2026, 1, 1, tzinfo=UTC), 14) == datetime(2026, 1, 15, tzinfo=UTC)


def test_lint_command_prints_the_place_and_exits_by_the_verdict(tmp_path, capsys):
    broken = tmp_path / "broken.yaml"
    broken.write_text(EXAMPLE.replace("us-only", "NO"))
    assert lint_main([str(FILE)]) == 0
    assert lint_main([str(broken)]) == 1
    assert f"{broken}:6:12: error: " in capsys.readouterr().out
    assert lint_main([str(tmp_path / "absent.yaml")]) == 2
    assert lint_main([str(broken), "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["files"][0]["findings"][1]["fix"]["text"] == '"NO"'


def test_diff_command_names_the_version_that_is_needed(tmp_path, capsys):
    new = tmp_path / "new.yaml"
    new.write_text(EXAMPLE.replace("target: 15", "target: 30").replace("1.2.0", "1.3.0"))
    assert diff_main([str(FILE), str(new), "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["required_bump"], report["declared_bump"], report["ok"]) == ("major", "minor", False)
    assert set(report["changes"][0]) == {
        "path", "kind", "consumer", "subject", "producer", "bump", "gates", "message", "line", "old", "new",
        "requires",
    }  # fmt: skip
    assert diff_main([str(FILE), str(new)]) == 1
    assert "at least 2.0.0" in capsys.readouterr().out
    new.write_text("a: [1")
    assert diff_main([str(FILE), str(new)]) == 2
