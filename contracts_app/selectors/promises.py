"""What a version promises, in the shape that the rooms above measure and enforce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts_app.domain import readings, terms
from contracts_app.domain.model import Document, FieldSpec
from contracts_app.domain.rules.ruleset import row_rules
from contracts_app.domain.rules.scan import RuleError
from contracts_app.domain.terms import SloTerm
from contracts_app.models import Version

if TYPE_CHECKING:
    from contracts_app.domain.rules.compile import CompiledRules

DIALECTS = ("postgres", "duckdb")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the set: its name, its text, and its SQL in each engine's dialect."""

    name: str
    text: str
    sql_by_dialect: dict[str, str]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rule set of a version; `passing_sql` is the conjunction by dialect."""

    rules: list[Rule]
    passing_sql: dict[str, str]
    unique: list[str]


def slo_terms(version: Version) -> list[SloTerm]:
    """The SLOs that the version promises, with the catalog's defaults filled in."""
    return terms.slo_terms(version.document)


def slo_key(kind: str) -> str:
    """What a contract calls an SLO of this kind under `slos`, as `freshness_minutes`; empty where it has no word."""
    return readings.KEY_OF_SLO.get(kind, "")


def personal_fields(version: Version) -> tuple[FieldSpec, ...]:
    """Fields with a PII class or free text; nested ones under dotted names."""
    return version.document.personal_fields()


def compiled_rules(version: Version, dialect: str) -> CompiledRules:
    """The rule set as SQL of one engine ("postgres" or "duckdb"), fields quoted."""
    from contracts_app.domain.rules.compile import compile_rules  # sqlglot: loaded only where it is used

    return compile_rules(version.document, dialect)


@dataclass(frozen=True, slots=True)
class RuleSql:
    """A rule as it is being written: its SQL by dialect, or why it is refused and at which character."""

    sql_by_dialect: dict[str, str]
    refused: str = ""
    before: str = ""
    wrong: str = ""
    after: str = ""


def rule_sql(document: Document, text: str) -> RuleSql:
    """The SQL of one rule over the fields of a document, or where it goes wrong."""
    from contracts_app.domain.rules.compile import compile_rule  # sqlglot: loaded only where it is used

    try:
        return RuleSql({dialect: compile_rule(document, text, dialect) for dialect in DIALECTS})
    except RuleError as error:
        at = min(error.at, len(text))
        return RuleSql({}, str(error), text[:at], text[at : at + 1], text[at + 1 :])


def rule_set(version: Version) -> RuleSet:
    """The rule set in every dialect, for people to read."""
    compiled = {dialect: compiled_rules(version, dialect) for dialect in DIALECTS}
    rules = [
        Rule(rule.name, rule.text, {dialect: compiled[dialect].rules[at][1] for dialect in DIALECTS})
        for at, rule in enumerate(row_rules(version.document))
    ]
    passing = {dialect: compiled[dialect].passing for dialect in DIALECTS}
    return RuleSet(rules, passing, compiled["postgres"].unique)
