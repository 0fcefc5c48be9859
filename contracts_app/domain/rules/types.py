"""Types of a rule, so that a rule which an engine would refuse is a lint error and not a silent promise."""

from __future__ import annotations

import re
from collections.abc import Mapping

from contracts_app.domain.rules import nodes
from contracts_app.domain.rules.nodes import Expr
from contracts_app.domain.rules.scan import RuleError

_MOMENT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?)?", re.ASCII
)  # days 29 to 31 are left out rather than checked against their month
_SIGNATURES = {"length": ("text", "number"), "lower": ("text", "text"), "upper": ("text", "text"),
               "abs": ("number", "number"), "round": ("number", "number")}  # fmt: skip


def check(tree: Expr, families: Mapping[str, str]) -> None:
    """Raise RuleError unless the rule is a condition whose parts fit each other.

    `families` gives `text`, `number`, `boolean`, `time` or `other` for each field.
    """
    if not nodes.fields_of(tree):
        raise RuleError("The rule mentions no field, so it says nothing about the data.", 0)
    if _Checker(families).of(tree) != "boolean":
        raise RuleError("The rule is a value, not a condition; compare it with something.", 0)


def family_of(part: Expr, families: Mapping[str, str]) -> str:
    """The type family of a part of a rule; raises RuleError where its own parts do not fit.

    >>> family_of(nodes.FieldRef("n", 0), {"n": "number"})
    'number'
    """
    return _Checker(families).of(part)


class _Checker:
    def __init__(self, families: Mapping[str, str]) -> None:
        self.families = families

    def of(self, node: Expr) -> str:
        match node:
            case nodes.FieldRef(name=name):
                return self.families[name]
            case nodes.Literal(value=value):
                return _of_constant(value)
            case nodes.Call():
                return self.of_call(node)
            case nodes.Logic(parts=parts):
                return self.all("boolean", *parts)
            case nodes.Not(operand=operand):
                return self.all("boolean", operand)
            case nodes.Negative(operand=operand):
                return self.all("number", operand)
            case nodes.Arithmetic(left=left, right=right):
                return self.all("number", left, right)
        return self.of_test(node)

    def of_test(self, node: Expr) -> str:
        match node:
            case nodes.Comparison(op=op, left=left, right=right):
                self.fit(left, right)
                if op not in ("==", "!=") and "boolean" in (self.of(left), self.of(right)):
                    raise RuleError("True and false have no order.", node.at)
            case nodes.Membership(operand=operand, choices=choices):
                for choice in choices:
                    self.fit(operand, choice)
            case nodes.NullTest(operand=operand):
                self.of(operand)
        return "boolean"

    def of_call(self, node: nodes.Call) -> str:
        if node.function == "coalesce":
            for arg in node.args[1:]:
                self.fit(node.args[0], arg)
            return self.of(node.args[0])
        wanted, result = _SIGNATURES[node.function]
        self.all(wanted, node.args[0])
        if node.function == "round" and len(node.args) == 2:
            digits = node.args[1]
            if not isinstance(digits, nodes.Literal) or digits.value not in range(10):
                raise RuleError("`round` takes 0 to 9 digits, written as a number.", digits.at)
        return result

    def all(self, wanted: str, *parts: Expr) -> str:
        for part in parts:
            found = self.of(part)
            if found not in (wanted, "other"):
                raise RuleError(f"A {wanted} belongs here, but this is a {found}.", part.at)
        return wanted

    def fit(self, left: Expr, right: Expr) -> None:
        one, other = self.of(left), self.of(right)
        if "other" in (one, other) or one == other:
            return
        texts = [side for side, kind in ((left, one), (right, other)) if kind == "text"]
        if {one, other} == {"text", "time"} and all(_is_moment(side) for side in texts):
            return
        raise RuleError(
            f"A {one} is compared with a {other}; no engine can do that (moments: 2026-01-28 09:30).",
            right.at,
        )


def is_moment(text: str) -> bool:
    """'2026-01-01' is how a moment is written; any other text would stop the engine.

    >>> is_moment("2026-01-28 09:30"), is_moment("later")
    (True, False)
    """
    return bool(_MOMENT.fullmatch(text))


def _is_moment(side: Expr) -> bool:
    return isinstance(side, nodes.Literal) and is_moment(str(side.value))


def _of_constant(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"
