"""A recursive-descent parser of accuracy rules, by precedence as in SQL and Python alike.

    or < and < not < comparison, in, is null < + - < * / % < unary minus

Our own rather than a SQL parser's: what it cannot say (sub-selects, unknown functions, comments) needs no forbidding,
and it loads in no time. A bare word in a list is a literal, unless it is a field: then it is ambiguous and refused.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from contracts_app.domain.rules import nodes
from contracts_app.domain.rules.nodes import Expr
from contracts_app.domain.rules.scan import RuleError, Token, scan

FUNCTIONS = {"length": (1, 1), "lower": (1, 1), "upper": (1, 1), "abs": (1, 1), "coalesce": (2, 10), "round": (1, 2)}
MAX_DEPTH = 30
_COMPARE = {"=": "==", "==": "==", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def parse(rule: str, fields: Collection[str]) -> Expr:
    """The rule as a tree over the given field names; raises RuleError with the offset.

    >>> parse("event_type in [view, purchase]", ["event_type"]).choices[0].value
    'view'
    """
    parser = _Parser(scan(rule), fields)
    tree = parser.disjunction()
    parser.expect("end", "The condition ends before this; join conditions with `and` or `or`.")
    return tree


class _Parser:
    def __init__(self, tokens: list[Token], fields: Collection[str]) -> None:
        self.tokens = tokens
        self.fields = fields
        self.position = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.position]

    def take(self, *wanted: str) -> Token | None:
        """The next token if its kind, or its text for an operator, is wanted."""
        token = self.now
        if token.kind in wanted or (token.kind == "op" and token.text in wanted):
            self.position += 1
            return token
        return None

    def expect(self, wanted: str, message: str) -> Token:
        token = self.take(wanted)
        if token is None:
            raise RuleError(message, self.now.at)
        return token

    def disjunction(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise RuleError(f"A rule nests at most {MAX_DEPTH} levels deep.", self.now.at)
        parts = [self.conjunction()]
        at = self.now.at
        while self.take("or"):
            parts.append(self.conjunction())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else nodes.Logic("or", tuple(parts), at)

    def conjunction(self) -> Expr:
        parts = [self.negation()]
        at = self.now.at
        while self.take("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else nodes.Logic("and", tuple(parts), at)

    def negation(self) -> Expr:
        negations: list[Token] = []
        while token := self.take("not"):
            negations.append(token)
        tree = self.comparison()
        for token in reversed(negations[:MAX_DEPTH]):
            tree = nodes.Not(tree, token.at)
        if len(negations) > MAX_DEPTH:
            raise RuleError(f"A rule nests at most {MAX_DEPTH} levels deep.", self.now.at)
        return tree

    def comparison(self) -> Expr:
        left = self.sum()
        if token := self.take("is"):
            negated = self.take("not") is not None
            self.expect("null", "After `is` comes `null` or `not null`.")
            return nodes.NullTest(left, negated, token.at)
        if self.now.kind in ("not", "in"):
            return self.membership(left)
        return self.chain(left)

    def membership(self, left: Expr) -> Expr:
        token = self.now
        negated = self.take("not") is not None
        self.expect("in", "After `not` comes `in [...]` here.")
        opening = self.take("[", "(")
        if opening is None:
            raise RuleError("After `in` comes a list: `in [a, b]`.", self.now.at)
        choices = [self.choice()]
        while self.take(","):
            choices.append(self.choice())
        self.expect("]" if opening.text == "[" else ")", "The list is not closed.")
        return nodes.Membership(left, tuple(choices), negated, token.at)

    def choice(self) -> nodes.Literal:
        token = self.now
        if self.take("name"):
            if token.text in self.fields:
                said = f"`{token.text}` is a field, but in a list it could be the word; quote it if it is the word."
                raise RuleError(said, token.at, bare_word=token.text)
            return nodes.Literal(token.text, token.at, bare=True)
        if self.take("null"):
            raise RuleError("NULL never matches in a list; write `or x is null`.", token.at)
        negative = self.take("-")
        value = self.constant()
        if value is None:
            raise RuleError("A list holds words, texts and numbers.", token.at)
        return _negated(value) if negative else value

    def chain(self, left: Expr) -> Expr:
        """`0 <= x < 10` is two comparisons."""
        parts: list[Expr] = []
        at = self.now.at
        while (token := self.now).kind == "op" and token.text in _COMPARE:
            self.position += 1
            right = self.sum()
            parts.append(nodes.Comparison(_COMPARE[token.text], left, right, token.at))
            left = right
        if not parts:
            return left
        return parts[0] if len(parts) == 1 else nodes.Logic("and", tuple(parts), at)

    def sum(self) -> Expr:
        left = self.product()
        while token := self.take("+", "-"):
            left = nodes.Arithmetic(token.text, left, self.product(), token.at)
        return left

    def product(self) -> Expr:
        left = self.unary()
        while token := self.take("*", "/", "%"):
            left = nodes.Arithmetic(token.text, left, self.unary(), token.at)
        return left

    def unary(self) -> Expr:
        if token := self.take("-"):
            return nodes.Negative(self.atom(), token.at)
        return self.atom()

    def atom(self) -> Expr:
        token = self.now
        if self.take("("):
            tree = self.disjunction()
            self.expect(")", "A bracket is not closed.")
            return tree
        if self.take("name"):
            return self.call(token) if self.take("(") else self.reference(token)
        if self.take("null"):
            raise RuleError("A comparison with NULL is never true; write `x is null` or `x is not null`.", token.at)
        constant = self.constant()
        if constant is None:
            what = "the end of the rule" if token.kind == "end" else f"`{token.text}`"
            raise RuleError(f"A field or a value belongs here, not {what}.", token.at)
        return constant

    def reference(self, token: Token) -> Expr:
        if token.text in self.fields:
            return nodes.FieldRef(token.text, token.at)
        said = f"`{token.text[:60]}` is not a field of the schema; quote it if it is a text."
        raise RuleError(said, token.at, bare_word=token.text)

    def call(self, token: Token) -> Expr:
        name = token.text.lower()
        if name not in FUNCTIONS:
            known = ", ".join(sorted(FUNCTIONS))
            raise RuleError(
                f"`{token.text[:60]}` is not a function that a rule may call. Functions: {known}.", token.at
            )
        args = [self.disjunction()]
        while self.take(","):
            args.append(self.disjunction())
        self.expect(")", f"The brackets of `{name}` are not closed.")
        least, most = FUNCTIONS[name]
        if not least <= len(args) <= most:
            raise RuleError(f"`{name}` takes {_count(least, most)}, not {len(args)}.", token.at)
        return nodes.Call(name, tuple(args), token.at)

    def constant(self) -> nodes.Literal | None:
        token = self.now
        if self.take("number"):
            return nodes.Literal(_number(token), token.at)
        if self.take("true", "false"):
            return nodes.Literal(token.kind == "true", token.at)
        if self.take("string"):
            if self.now.kind == "string":
                raise RuleError("Two texts in a row; join conditions with `and` or `or`.", self.now.at)
            return nodes.Literal(_text(token.text), token.at)
        return None


def _number(token: Token) -> int | float:
    value = int(token.text) if token.text.isdecimal() and len(token.text) < 16 else float(token.text)
    if not math.isfinite(value):
        raise RuleError("The number is too large.", token.at)
    return value


def _text(raw: str) -> str:
    return raw[1:-1].replace("''", "'") if raw.startswith("'") else raw[1:-1]


def _negated(literal: nodes.Literal) -> nodes.Literal:
    if isinstance(literal.value, bool) or not isinstance(literal.value, int | float):
        raise RuleError("Only a number can be negative.", literal.at)
    return nodes.Literal(-literal.value, literal.at)


def _count(least: int, most: int) -> str:
    return f"{least} argument{'s' if least != 1 else ''}" if least == most else f"{least} to {most} arguments"
