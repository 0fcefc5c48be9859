"""The rule set of a contract: what a row must satisfy, as trees over its fields.

It is `accuracy_rules` plus `required`, `min`, `max`, `allowed` and `pattern`; `unique` is counted apart, because it is
a property of the table and not of a row. A rule passes where an optional field that it mentions is NULL, unless the
rule speaks about NULL itself; NULL in a required field fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contracts_app.domain import lint
from contracts_app.domain.model import Document, FieldSpec, RuleText
from contracts_app.domain.rules import nodes
from contracts_app.domain.rules.nodes import Expr


@dataclass(frozen=True, slots=True)
class RowRule:
    """One rule: `tree` or, for a pattern, the field and its regular expression; `passes_null` names optional fields."""

    name: str
    text: str
    tree: Expr | None
    passes_null: tuple[str, ...] = ()
    matches: tuple[str, str] | None = None


def row_rules(document: Document) -> list[RowRule]:
    """Every rule of the set; raises RuleError where an accuracy rule cannot be read.

    >>> from contracts_app.domain.document import load
    >>> found = load("schema: {n: {type: integer, required: true, min: 1}}").document
    >>> [rule.text for rule in row_rules(found)]
    ['n is not null', 'n >= 1']
    """
    fields = [rule for spec in document.fields for rule in field_rules(spec)]
    families, optional = document.families(), optional_fields(document)
    authored = (authored_rule(rule, families, optional, number) for number, rule in enumerate(document.rules, 1))
    return [*fields, *authored]


def unique_columns(document: Document) -> list[str]:
    """Fields that promise no duplicate."""
    return [spec.name for spec in document.fields if spec.unique]


def optional_fields(document: Document) -> set[str]:
    """Fields whose NULL lets a rule pass that does not speak about it."""
    return {spec.name for spec in document.fields if not spec.required}


def authored_rule(rule: RuleText, families: Mapping[str, str], optional: set[str], number: int = 1) -> RowRule:
    """One accuracy rule over fields of these type families; raises RuleError where it cannot be read."""
    tree = lint.read_rule(rule.text, families)
    handled = nodes.nulls_handled(tree)
    passing = tuple(field for field in nodes.fields_of(tree) if field in optional and field not in handled)
    return RowRule(rule.name or f"rule {number}", rule.text, tree, passing)


def field_rules(spec: FieldSpec) -> Iterator[RowRule]:
    """What a field's own keys ask of a row."""
    ref = nodes.FieldRef(spec.name, 0)
    optional = () if spec.required else (spec.name,)
    if spec.required:
        yield RowRule(f"{spec.name}.required", f"{spec.name} is not null", nodes.NullTest(ref, True, 0))
    for key, op, bound in (("min", ">=", spec.min), ("max", "<=", spec.max)):
        if bound is not None:
            tree = nodes.Comparison(op, ref, nodes.Literal(bound, 0), 0)
            yield RowRule(f"{spec.name}.{key}", f"{spec.name} {op} {bound:g}", tree, optional)
    if spec.allowed is not None:
        choices = tuple(nodes.Literal(value, 0) for value in spec.allowed)
        listed = ", ".join(str(value) for value in spec.allowed)
        yield RowRule(
            f"{spec.name}.allowed", f"{spec.name} in [{listed}]", nodes.Membership(ref, choices, False, 0), optional
        )
    if spec.pattern is not None:
        text = f"{spec.name} matches {spec.pattern}"
        yield RowRule(f"{spec.name}.pattern", text, None, optional, (spec.name, spec.pattern))
