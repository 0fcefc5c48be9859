"""Rewrite rules: what matches, what is refused, and that a rewritten event names everything anew, facets included."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_app.domain.events import parse, read_facets
from lineage_app.domain.rewrites import MOST_RULES, Rule, RuleRefused, Rules, Scope, captured, check, rewritten

EVENT = {
    "eventTime": "2026-03-01T10:00:00Z",
    "eventType": "COMPLETE",
    "run": {
        "runId": "0199a3c2-7d5e-7000-8000-000000000001",
        "facets": {
            "parent": {
                "job": {"namespace": "old", "name": "dag"},
                "run": {"runId": "x"},
                "root": {"job": {"namespace": "old", "name": "root"}, "run": {"runId": "y"}},
            }
        },
    },
    "job": {
        "namespace": "old",
        "name": "load",
        "facets": {"lineage": {"entries": [{"namespace": "old", "name": "b", "type": "DATASET", "inputs": [
            {"namespace": "old", "name": "a", "type": "DATASET"}, {"namespace": "old", "name": "j", "type": "JOB"}]}]}},
    },
    "inputs": [{"namespace": "old", "name": "a", "facets": {
        "symlinks": {"identifiers": [{"namespace": "old", "name": "a2", "type": "TABLE"}]},
        "mine": {"namespace": "old"}}}],
    "outputs": [{"namespace": "else", "name": "b", "facets": {"columnLineage": {"fields": {"x": {"inputFields": [
        {"namespace": "old", "name": "a", "field": "y"}]}}}}}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "replacement", "namespace", "answer"),
    [
        ("old", "new", "old", "new"),
        ("old", "new", "older", None),
        ("s3://raw*", "s3://lake*", "s3://raw/2026", "s3://lake/2026"),
        ("duckdb:///*/shop.duckdb", "duckdb://shop", "duckdb:///builds/17/shop.duckdb", "duckdb://shop"),
        ("postgres://db-*.eu.internal:*", "postgres://db:*", "postgres://db-7.eu.internal:5432", "postgres://db:7"),
        ("*.internal", "*", "a.internal.internal", "a.internal"),
        ("a*a", "b*", "a", None),
        ("*ab*ab", "x*y*", "ababab", "xyab"),
    ],
)
def test_a_rule_answers_for_the_namespaces_that_it_matches(
    pattern: str, replacement: str, namespace: str, answer: str | None
) -> None:
    assert Rule(pattern, replacement).answer(namespace) == answer


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=12))
def test_a_match_is_the_same_as_that_of_the_regular_expression_it_stands_for(pattern: str, text: str) -> None:
    import re

    expression = re.compile("(.*?)".join(re.escape(part) for part in pattern.split("*")))
    found, taken = expression.fullmatch(text), captured(pattern, text)
    assert (found is None) == (taken is None)
    if taken is not None:
        parts = pattern.split("*")
        assert text == parts[0] + "".join(a + b for a, b in zip(taken, parts[1:], strict=True))


def test_a_pattern_made_to_be_slow_is_not() -> None:
    began = time.perf_counter()
    assert captured("*a*a*a*b", "a" * 4_000) is None
    assert time.perf_counter() - began < 0.05


def test_the_first_rule_answers_and_a_scope_keeps_to_its_own() -> None:
    rules = Rules([Rule("old", "one", Scope.JOB), Rule("old*", "two*"), Rule("old", "three")])
    assert (rules.job("old"), rules.dataset("old"), rules.dataset("elsewhere")) == ("one", "two", "elsewhere")


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([Rule("prod*", "prod-eu*")], "would be rewritten again, to “prod-eu-eu”"),
        ([Rule("a", "b"), Rule("b", "a")], "would be rewritten again"),
        ([Rule("*", "all")], "need text beside their stars"),
        ([Rule("a*", "*")], "need text beside their stars"),
        ([Rule("a", "b*")], "more stars than the pattern"),
        ([Rule("a*b*c*d*e*", "x")], "may have 4 stars"),
        ([Rule("a" * 501, "x")], "500 characters"),
        ([Rule(f"a{n}", "x") for n in range(MOST_RULES + 1)], "There may be 100 rules"),
    ],
)
def test_what_cannot_hold_is_refused_with_a_sentence(rules: list[Rule], words: str) -> None:
    with pytest.raises(RuleRefused, match=words):
        check(rules)


def test_rules_of_different_scopes_do_not_disturb_each_other() -> None:
    rules = [Rule("a", "b", Scope.JOB), Rule("b", "c", Scope.DATASET)]
    check(rules)
    assert (Rules(rules).job("a"), Rules(rules).dataset("a"), Rules(rules).dataset("b")) == ("b", "a", "c")


def test_a_rewritten_event_names_everything_anew_and_keeps_its_subject() -> None:
    event = parse(json.dumps(EVENT).encode())
    new = rewritten(event, Rules([Rule("old", "data", Scope.DATASET), Rule("old", "work", Scope.JOB)]))
    assert (new.subject, new.time) == (event.subject, event.time)
    assert str(new.job_name) == "work/load"
    assert [str(item.full_name) for item in (*new.inputs, *new.outputs)] == ["data/a", "else/b"]
    parent = read_facets(new.run.facets)["parent"]
    assert (parent["job"]["namespace"], parent["root"]["job"]["namespace"]) == ("work", "work")
    entry = read_facets(new.job.facets)["lineage"]["entries"][0]
    assert [entry["namespace"], *(item["namespace"] for item in entry["inputs"])] == ["data", "data", "work"]
    facets = read_facets(new.inputs[0].facets)
    assert facets["symlinks"]["identifiers"][0]["namespace"] == "data"
    assert facets["mine"] == {"namespace": "old"}
    column = read_facets(new.outputs[0].facets)["columnLineage"]["fields"]["x"]["inputFields"][0]
    assert column["namespace"] == "data"


def test_without_rules_the_event_itself_comes_back() -> None:
    event = parse(json.dumps(EVENT).encode())
    assert rewritten(event, Rules()) is event
