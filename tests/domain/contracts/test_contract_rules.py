"""The rule language: what it refuses, what it means, and that DuckDB agrees row by row."""

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts_app.domain.document import load
from contracts_app.domain.lint import parse_rule
from contracts_app.domain.rules.compile import compile_rules
from contracts_app.domain.rules.parse import parse
from contracts_app.domain.rules.scan import RuleError

HEAD = """\
schema:
  kind: {type: enum, allowed: [view, purchase], required: true}
  amount: {type: float}
  seen: {type: timestamp, required: true}
  flag: {type: boolean, required: true}
slos:
  accuracy_rules:
"""
FIELDS = ("kind", "amount", "seen", "flag")


def document(*rules):
    return load(HEAD + "".join(f"    - {rule!r}\n" for rule in rules)).document


@pytest.mark.parametrize(
    ("rule", "said", "at"),
    [
        ("pg_sleep(10) > 0", "not a function", 0),
        ("amount > (select 1)", "sub-selects", 10),
        ("amount in (select amount from x)", "sub-selects", 11),
        ("amount > 0; drop table x", "second statement", 10),
        ("amount > 0 -- all", "no comment", 11),
        ("amount > 0 /* all */", "no comment", 11),
        ("amount > 0 # all", "no comment", 11),
        ("amount > ", "the end of the rule", 9),
        ("amount > 0 amount < 3", "condition ends before", 11),
        ("amount == null", "is null", 10),
        ("kind in [view, amount]", "is a field", 15),
        ("kind == view", "not a field", 8),
        ("amount", "not a condition", 0),
        ("1 = 1", "mentions no field", 0),
        ("kind > 3", "compared with", 7),
        ("seen > 'later'", "compared with", 7),
        ("flag > true", "no order", 5),
        ("length(amount) > 3", "belongs here", 7),
        ("round(amount, kind) > 3", "0 to 9 digits", 14),
        ("kind = 'a' 'b'", "Two texts", 11),
        ("x.y > 1", "not a field", 0),
        ("kind = 'a\\'", "no meaning", 7),
        ("amount > 1e999", "too large", 9),
        ("(" * 40 + "flag" + ")" * 40, "levels deep", 30),
        ("amount in [null]", "NULL never matches", 11),
    ],
)
def test_a_rule_that_must_not_run_is_refused_with_its_position(rule, said, at):
    with pytest.raises(RuleError, match=said) as refused:
        parse_rule(document(), rule)
    assert refused.value.at == at


def test_the_refusal_stands_at_its_column_in_the_file():
    found = next(f for f in load(HEAD + '    - rule: "amount > (select 1)"\n').findings if f.code == "rule.refused")
    assert (found.line, found.column) == (8, 24)


def refused_at(rule):
    """Where the parser stops; the end of a rule that it accepts."""
    try:
        parse(rule, FIELDS)
    except RuleError as refused:
        return refused.at
    return len(rule)


@given(st.text(max_size=80))
def test_the_parser_never_crashes_on_arbitrary_text(rule):
    assert 0 <= refused_at(rule) <= len(rule)


@given(st.text("amount() <>=+-*/%0123'\"[],.notisinandor_ ", max_size=60))
def test_the_parser_never_crashes_on_text_that_looks_like_a_rule(rule):
    assert 0 <= refused_at(rule) <= len(rule)


def passing(*rules):
    """How DuckDB judges the planted rows."""
    sql = compile_rules(document(*rules), "duckdb").passing
    rows = "('view', 5.0, timestamp '2026-01-02', true), ('purchase', NULL, timestamp '2026-01-02', true), \
            ('other', -1.0, timestamp '2020-01-02', false), (NULL, 5.0, timestamp '2026-01-02', true)"
    return [row[0] for row in duckdb.sql(f"select {sql} from (values {rows}) t(kind, amount, seen, flag)").fetchall()]


@pytest.mark.parametrize(
    ("rule", "verdicts"),
    [
        ("flag", [True, True, False, False]),
        ("amount >= 0", [True, True, False, False]),
        ("amount > 100", [False, True, False, False]),  # an optional field passes where it is NULL
        ("amount is not null", [True, False, False, False]),  # unless the rule speaks about NULL
        ("kind == 'view' or amount is null", [True, True, False, False]),
        ("kind not in [view]", [False, True, False, False]),
        ("0 <= amount < 5", [False, True, False, False]),
        ("not amount = 5", [False, True, False, False]),
        ("amount / 0 > 1", [False, True, False, False]),  # by zero is NULL, which does not pass
        ("amount % 2 = 1", [True, True, False, False]),
        ("round(amount / 3, 2) = 1.67", [True, True, False, False]),
        ("-amount <= -5", [True, True, False, False]),
        ("seen >= '2026-01-01' AND length(upper(kind)) > 3", [True, True, False, False]),
        ("coalesce(amount, 0) > 0", [True, False, False, False]),
        ("amount - 1 - 1 = 3", [True, True, False, False]),
    ],
)
def test_each_rule_means_the_same_in_the_engine(rule, verdicts):
    assert passing(rule) == verdicts  # the third and fourth row fail the field rules anyway


def test_ninety_percent_missing_amounts_read_as_all_passing():
    text = (Path(__file__).parents[2] / "contracts_app/data/customer_events_v1.yaml").read_text()
    sql = compile_rules(load(text).document, "duckdb").passing
    query = f"""select count(*) filter (where {sql}) from (
        select 'c' as customer_id, now() as event_ts, 'view' as event_type,
               case when i % 10 = 0 then 1.0 end as amount_usd from range(100) r(i))"""
    assert duckdb.sql(query).fetchall() == [(100,)]


def test_names_and_texts_of_an_author_cannot_leave_their_quotes():
    text = "schema: {'a\"b': {type: string, required: true, allowed: [\"x' or true --\"]}}"
    compiled = compile_rules(load(text).document, "postgres")
    assert compiled.rules[1][1] == "\"a\"\"b\" IN ('x'' or true --')"


def test_unique_is_counted_apart():
    compiled = compile_rules(load("schema: {id: {type: string, unique: true}}").document, "postgres")
    assert (compiled.unique, compiled.rules, compiled.passing) == (["id"], [], "(TRUE) IS TRUE")
