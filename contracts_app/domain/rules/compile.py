"""Rule trees to SQL of an engine, through sqlglot's expression tree: no text of the author is ever pasted into SQL.

Kept out of everything that lint imports, because sqlglot costs 130 ms to load. A row passes where the conjunction of
all rules IS TRUE: with `NOT (rule)` a NULL would vanish from both sides of the count.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace

from sqlglot import exp

from contracts_app.domain.model import Document, RuleText
from contracts_app.domain.rules import nodes, patterns, types
from contracts_app.domain.rules.nodes import Expr
from contracts_app.domain.rules.ruleset import RowRule, row_rules, unique_columns

DIALECTS = ("postgres", "duckdb")
WHOLE_NUMBERS = ("integer", "int", "bigint")
_COMPARE: dict[str, type[exp.Binary]] = {
    "==": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip
_ARITHMETIC: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}
_FUNCTIONS: dict[str, type[exp.Func]] = {"length": exp.Length, "lower": exp.Lower, "upper": exp.Upper}


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """Boolean SQL over one row: `passing` is the conjunction `(…) IS TRUE`, `rules` the same rule by rule."""

    dialect: str
    passing: str
    rules: list[tuple[str, str]] = field(default_factory=list)
    unique: list[str] = field(default_factory=list)


def compile_rules(document: Document, dialect: str) -> CompiledRules:
    """The rule set in the SQL of `postgres` or `duckdb`; raises RuleError or ValueError.

    >>> from contracts_app.domain.document import load
    >>> found = load("schema: {n: {type: integer, min: 1}}").document
    >>> compile_rules(found, "postgres").passing
    '("n" IS NULL OR "n" >= 1) IS TRUE'
    """
    if dialect not in DIALECTS:
        raise ValueError(f"No SQL for the dialect {dialect!r}; known are {', '.join(DIALECTS)}.")
    rules = row_rules(document)
    emitter = _Emitter(document, dialect)
    conditions = [_condition(rule, emitter) for rule in rules]
    whole = exp.and_(*conditions) if conditions else exp.true()
    named = [(rule.name, _sql(condition, dialect)) for rule, condition in zip(rules, conditions, strict=True)]
    return CompiledRules(dialect, _is_true(whole, dialect), named, unique_columns(document))


def compile_rule(document: Document, text: str, dialect: str) -> str:
    """One accuracy rule over the document's fields in the SQL of a dialect; raises RuleError.

    >>> from contracts_app.domain.document import load
    >>> compile_rule(load("schema: {n: {type: integer}}").document, "n > 1", "duckdb")
    '"n" IS NULL OR "n" > 1'
    """
    rule = row_rules(replace(document, rules=(RuleText(text),)))[-1]
    return _sql(_condition(rule, _Emitter(document, dialect)), dialect)


def _is_true(condition: exp.Expr, dialect: str) -> str:
    return _sql(exp.Is(this=exp.paren(condition, copy=False), expression=exp.true()), dialect)


def _sql(condition: exp.Expr, dialect: str) -> str:
    return condition.sql(dialect=dialect, comments=False)


def _condition(rule: RowRule, emitter: _Emitter) -> exp.Expr:
    """The rule, passing where an optional field is NULL."""
    core = _pattern(*rule.matches, emitter.dialect) if rule.matches else emitter.emit(rule.tree)  # type: ignore[arg-type]
    nulls: list[exp.Expr] = [_null_test(_column(name), negated=False) for name in rule.passes_null]
    return exp.or_(*nulls, core) if nulls else core


def _pattern(name: str, pattern: str, dialect: str) -> exp.Expr:
    """In the dialect's spelling; a pattern that is not portable is left to its engine (tests say "not supported")."""
    with contextlib.suppress(patterns.NotPortable):
        pattern = patterns.spelled(pattern, dialect)
    return exp.RegexpLike(this=_column(name), expression=exp.Literal.string(pattern))


def _column(name: str) -> exp.Expr:
    return exp.column(exp.to_identifier(name, quoted=True))


def _null_test(operand: exp.Expr, *, negated: bool) -> exp.Expr:
    test: exp.Expr = exp.Is(this=operand, expression=exp.null())
    return exp.Not(this=test) if negated else test


class _Emitter:
    """One method a kind of node; brackets around every part, so that no precedence is ever guessed.

    Where PostgreSQL and DuckDB would differ, the SQL says more than the rule: both give a row the same verdict.
    """

    def __init__(self, document: Document, dialect: str) -> None:
        self.families = {spec.name: spec.family for spec in document.fields}
        self.whole = {spec.name for spec in document.fields if spec.type in WHOLE_NUMBERS}
        self.dialect = dialect

    def emit(self, node: Expr) -> exp.Expr:
        match node:
            case nodes.FieldRef(name=name):
                return _column(name)
            case nodes.Literal(value=value):
                return _literal(value)
            case nodes.Negative(operand=operand):
                return exp.Neg(this=exp.paren(self.number(operand)))
            case nodes.Arithmetic():
                return self.arithmetic(node)
            case nodes.Call():
                return self.call(node)
        return self.test(node)

    def test(self, node: Expr) -> exp.Expr:
        match node:
            case nodes.Comparison(op=op, left=left, right=right):
                return _COMPARE[op](this=self.side(left, right), expression=self.ordered(op, left, right))
            case nodes.Membership(operand=operand, choices=choices, negated=negated):
                listed = exp.In(this=self.part(operand), expressions=[self.side(one, operand) for one in choices])
                return exp.Not(this=listed) if negated else listed
            case nodes.NullTest(operand=operand, negated=negated):
                return _null_test(self.part(operand), negated=negated)
            case nodes.Not(operand=operand):
                return exp.Not(this=exp.paren(self.emit(operand)))
            case nodes.Logic(op=op, parts=parts):
                joined = [exp.paren(self.emit(part)) for part in parts]
                return (exp.and_ if op == "and" else exp.or_)(*joined)
        raise TypeError(f"{type(node).__name__} is not part of the rule language.")

    def part(self, node: Expr) -> exp.Expr:
        """An operand, in brackets unless it is a single thing."""
        single = isinstance(node, nodes.FieldRef | nodes.Literal | nodes.Call)
        return self.emit(node) if single else exp.paren(self.emit(node))

    def side(self, node: Expr, beside: Expr) -> exp.Expr:
        """A part of a comparison; a text beside a moment is one, or a day would be compared with half of it."""
        text = isinstance(node, nodes.Literal) and isinstance(node.value, str)
        if text and types.family_of(beside, self.families) == "time":
            return exp.cast(self.emit(node), "timestamp")
        return self.part(node)

    def ordered(self, op: str, left: Expr, right: Expr) -> exp.Expr:
        """The right side; texts in the order of their code points, whatever language the database was made for."""
        side = self.side(right, left)
        texts = {types.family_of(node, self.families) for node in (left, right)} == {"text"}
        if op in ("==", "!=") or self.dialect != "postgres" or not texts:
            return side
        return exp.Collate(this=side, expression=exp.to_identifier("C", quoted=True))

    def number(self, node: Expr) -> exp.Expr:
        """An operand of arithmetic; whole numbers get room, because one overflow would stop the count of all rows."""
        whole = isinstance(node, nodes.FieldRef) and node.name in self.whole
        if whole or (isinstance(node, nodes.Literal) and isinstance(node.value, int)):
            return exp.cast(self.emit(node), "decimal" if self.dialect == "postgres" else "int128")
        return self.part(node)

    def arithmetic(self, node: nodes.Arithmetic) -> exp.Expr:
        """Division is over the reals, and by zero gives NULL: one bad row must not stop the count of all."""
        left, right = self.number(node.left), self.number(node.right)
        if node.op in _ARITHMETIC:
            return _ARITHMETIC[node.op](this=left, expression=right)
        quotient = exp.Div(this=exp.cast(left, "double"), expression=right, typed=True, safe=True)
        if node.op == "/":
            return quotient
        whole = exp.Anonymous(this="TRUNC", expressions=[quotient])  # PostgreSQL has no % for floats
        return exp.Sub(this=left.copy(), expression=exp.Mul(this=right.copy(), expression=whole))

    def call(self, node: nodes.Call) -> exp.Expr:
        args = [self.emit(arg) for arg in node.args]
        if node.function == "coalesce":
            return exp.Coalesce(this=args[0], expressions=args[1:])
        if node.function == "round":
            return self.rounded(node, args[0])
        if node.function == "abs":
            return exp.Abs(this=self.number(node.args[0]))
        return _FUNCTIONS[node.function](this=args[0])

    def rounded(self, node: nodes.Call, value: exp.Expr) -> exp.Expr:
        """`round(x, 2)` by scaling: PostgreSQL has no two-argument form for floats. A tie goes to the even digit."""
        digits = node.args[1].value if len(node.args) > 1 and isinstance(node.args[1], nodes.Literal) else 0
        real = exp.cast(exp.paren(value), "double")
        if not digits:
            return self.to_whole(real)
        scale = exp.Literal.number(10 ** int(digits))
        scaled = self.to_whole(exp.Mul(this=real, expression=scale.copy()))
        return exp.paren(exp.Div(this=scaled, expression=scale, typed=True))

    def to_whole(self, value: exp.Expr) -> exp.Expr:
        """The nearest whole number; DuckDB's ROUND would take a tie away from zero."""
        if self.dialect == "duckdb":
            return exp.Anonymous(this="ROUND_EVEN", expressions=[value, exp.Literal.number(0)])
        return exp.Round(this=value)


def _literal(value: str | float | int | bool | None) -> exp.Expr:
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, str):
        return exp.Literal.string(value)
    return exp.Literal.number(repr(value))
