"""Which rule makes a plan one of high risk."""

import pytest

from privacy_app.domain.risk import IN_FORCE, NAMES, Facts, check_rules, reasons

RISKY = Facts(rows=10_001, exclusive=("a",), history=("b",), tier_1=("a", "c"), shared=1)


def test_each_rule_says_in_a_sentence_why_it_applies_and_an_ordinary_plan_meets_none():
    said = {each["rule"]: each["sentence"] for each in reasons(RISKY, NAMES)}
    assert list(said) == list(NAMES)
    assert said["tier_1_purge"].endswith(": a.")
    assert reasons(Facts(rows=10_000), NAMES) == []


def test_only_the_rules_in_force_apply():
    assert [each["rule"] for each in reasons(RISKY)] == list(IN_FORCE)
    assert reasons(RISKY, []) == []


def test_a_rule_that_is_misspelt_is_refused_and_not_silently_off():
    check_rules(NAMES)
    with pytest.raises(ValueError, match="many_row"):
        check_rules(["many_row"])
