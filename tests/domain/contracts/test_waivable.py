"""What may be waived: exactly the rows with W, never one with PO, and no contract at all for seven days."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts_app.domain.changes import TABLE
from contracts_app.domain.waivers import OF_A_FINDING, Terms, Waivable, refusal, waivable

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REASON = "the supplier delivers the missing column on Friday"


@pytest.mark.parametrize("kind", sorted(TABLE))
def test_a_row_of_the_change_table_is_waivable_exactly_where_it_holds_w_and_not_po(kind):
    gates = TABLE[kind].gates
    assert (waivable(kind).longest is not None) == ("W" in gates and "PO" not in gates)


def test_a_row_that_holds_both_w_and_po_is_never_waived():
    assert waivable("type.widened", {"N", "W", "PO"}).longest is None


def test_the_gates_of_the_report_decide_and_not_those_of_the_table():
    assert waivable("type.widened", {"N"}).longest is None


@pytest.mark.parametrize("rule", ["contract.hash", "schema.bump", "schema.condition", "no.such-rule", ""])
def test_what_the_design_does_not_name_is_not_waived_and_the_answer_says_so(rule):
    allowed = waivable(rule)
    assert allowed.longest is None
    assert refusal(allowed, reason=REASON, expires_at=NOW + timedelta(days=1), now=NOW) == [allowed.why]


def test_no_contract_at_all_is_waived_for_seven_days_at_most_to_the_second():
    seven = NOW + timedelta(days=7)
    assert refusal(waivable("contract.none"), reason=REASON, expires_at=seven, now=NOW) == []
    said = refusal(waivable("contract.none"), reason=REASON, expires_at=seven + timedelta(seconds=1), now=NOW)
    assert "7 days at most" in said[0]


def test_asking_again_for_no_contract_does_not_make_the_seven_days_longer():
    first = NOW - timedelta(days=5)
    late = NOW + timedelta(days=3)
    said = refusal(waivable("contract.none"), reason=REASON, expires_at=late, now=NOW, since=first)
    assert "counted from 2025-12-27" in said[0]
    early = NOW + timedelta(days=1)
    assert refusal(waivable("contract.none"), reason=REASON, expires_at=early, now=NOW, since=first) == []


@pytest.mark.parametrize("reason", ["", "         ", "because"])
def test_a_waiver_without_a_real_reason_is_refused(reason):
    said = refusal(Waivable(timedelta(days=1)), reason=reason, expires_at=NOW + timedelta(hours=1), now=NOW)
    assert "at least 10 characters" in said[0]


def test_a_waiver_that_has_ended_before_it_began_is_refused():
    assert "passed already" in refusal(Waivable(timedelta(days=1)), reason=REASON, expires_at=NOW, now=NOW)[0]


def test_every_waivable_finding_has_an_end_within_two_weeks():
    assert all(timedelta(0) < longest <= timedelta(days=14) for longest in OF_A_FINDING.values())


def test_each_word_of_a_waiver_is_part_of_what_is_signed():
    words = dict.fromkeys(("rule", "path", "contract", "version", "digest", "asset", "job", "reason", "number"), "a")
    whole = Terms(**words, expires_at=NOW).canonical()
    others = [Terms(**{**words, name: "b"}, expires_at=NOW).canonical() for name in words]
    others.append(Terms(**words, expires_at=NOW + timedelta(seconds=1)).canonical())
    assert len({whole, *others}) == len(words) + 2
