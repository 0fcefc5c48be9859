"""What a rule means, written a second time and as plainly as can be: the reference that engines are held against.

Values are None (NULL), bool, int, float, Decimal, str, date and datetime. Logic has three values, as in SQL. Arithmetic
is over the reals, and dividing by zero gives NULL. NaN equals itself and stands above every number, as both engines
have it. Text is ordered by code point. Ties round to even. A pattern is searched for; its
dot is never a line's end, and `$` is the end of the text only.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contracts_app.domain.lint import parse_rule
from contracts_app.domain.model import Document, FieldSpec
from contracts_app.domain.rules import nodes

Row = dict[str, Any]


def passes(document: Document, row: Row) -> bool:
    """Whether the row passes the document's whole rule set."""
    return all(_field(spec, row[spec.name]) for spec in document.fields) and all(
        rule_passes(document, rule.text, row) for rule in document.rules
    )


def rule_passes(document: Document, text: str, row: Row) -> bool:
    """Whether the row passes one accuracy rule; vacuously where an optional field that it uses is NULL.

    A rule that speaks about the field's NULL itself judges it itself.
    """
    tree = parse_rule(document, text)
    spoken_of = {name for part in nodes.walk(tree) if _speaks_of_null(part) for name in nodes.fields_of(part)}
    optional = {spec.name for spec in document.fields if not spec.required} - spoken_of
    if any(row[name] is None for name in nodes.fields_of(tree) if name in optional):
        return True
    return value(tree, row) is True


def _speaks_of_null(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.NullTest) or (isinstance(node, nodes.Call) and node.function == "coalesce")


def _field(spec: FieldSpec, found: Any) -> bool:
    """`required`, `min`, `max`, `allowed` and `pattern` of one field."""
    if found is None:
        return not spec.required
    if spec.min is not None and not _compare(">=", found, spec.min):
        return False
    if spec.max is not None and not _compare("<=", found, spec.max):
        return False
    if spec.allowed is not None and found not in spec.allowed:
        return False
    return spec.pattern is None or _search(spec.pattern, found)


def _search(pattern: str, text: str) -> bool:
    at_the_end = re.sub(r"(?<!\\)\$", r"\\Z", pattern)  # Python's `$` would also stand before a last line's end
    return re.search(at_the_end, text, re.ASCII) is not None


def value(node: nodes.Expr, row: Row) -> Any:
    """The value of an expression over one row."""
    match node:
        case nodes.FieldRef(name=name):
            return row[name]
        case nodes.Literal(value=literal):
            return literal
        case nodes.Negative(operand=operand):
            return None if (found := value(operand, row)) is None else -found
        case nodes.Arithmetic(op=op, left=left, right=right):
            return _arithmetic(op, value(left, row), value(right, row))
        case nodes.Call(function=function, args=args):
            return _call(function, [value(arg, row) for arg in args])
    return _truth(node, row)


def _truth(node: nodes.Expr, row: Row) -> bool | None:
    match node:
        case nodes.Comparison(op=op, left=left, right=right):
            return _compare(op, value(left, row), value(right, row))
        case nodes.Membership(operand=operand, choices=choices, negated=negated):
            found = value(operand, row)
            among = [_compare("==", found, choice.value) for choice in choices]
            return None if found is None else any(among) != negated
        case nodes.NullTest(operand=operand, negated=negated):
            return (value(operand, row) is None) != negated
        case nodes.Not(operand=operand):
            return None if (found := value(operand, row)) is None else not found
        case nodes.Logic(op=op, parts=parts):
            return _logic(op, [value(part, row) for part in parts])
    raise TypeError(f"{type(node).__name__} has no meaning here.")


def _logic(op: str, parts: list[bool | None]) -> bool | None:
    decisive = op == "or"  # one true part decides an `or`, one false part an `and`
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _compare(op: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    one, other = _rank(left, right), _rank(right, left)
    answers = {"==": one == other, "!=": one != other, "<": one < other, ">": one > other}
    return answers[op] if op in answers else one == other or answers[op[0]]


def _rank(found: Any, beside: Any) -> Any:
    """Something that Python orders as the rule language does."""
    if isinstance(found, float) and math.isnan(found):
        return (1, 0)
    if isinstance(found, int | float | Decimal) and not isinstance(found, bool):
        near = isinstance(found, float) or isinstance(beside, float)
        return (0, float(found) if near else found)
    return _moment(found) if isinstance(found, date) or isinstance(beside, date) else found


def _moment(found: Any) -> datetime:
    """A day is its first moment; a text is a moment as it is written in a rule."""
    if isinstance(found, str):
        return datetime.fromisoformat(found)
    return found if isinstance(found, datetime) else datetime.combine(found, datetime.min.time())


def _arithmetic(op: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    left, right = (Decimal(str(side)) if _is_exact(left, right) else float(side) for side in (left, right))
    if op in "/%" and right == 0:
        return None
    if op == "/":
        return float(left) / float(right)
    if op == "%":
        quotient = float(left) / float(right)
        return left - right * type(left)(math.trunc(quotient) if math.isfinite(quotient) else quotient)
    return {"+": left + right, "-": left - right, "*": left * right}[op]


def _is_exact(*sides: Any) -> bool:
    """Whole numbers and decimals stay exact."""
    return not any(isinstance(side, float) for side in sides)


def _call(function: str, args: list[Any]) -> Any:
    if function == "coalesce":
        return next((arg for arg in args if arg is not None), None)
    if args[0] is None:
        return None
    if function == "round":
        scale = 10 ** (args[1] if len(args) > 1 else 0)
        scaled = float(args[0]) * scale
        return (float(round(scaled)) if math.isfinite(scaled) else scaled) / scale  # ties to even
    return {"length": len, "lower": str.lower, "upper": str.upper, "abs": abs}[function](args[0])
