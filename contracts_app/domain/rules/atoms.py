"""A rule taken apart: `and` and `or` over atoms, each atom a set of values of one expression wherever that can be said.

`not` is pushed inwards. That holds in the three-valued logic of SQL too, because only "the row makes it TRUE" counts:
`not (x >= 0)` and `x < 0` are TRUE for the same rows, those with a NULL being in neither.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts_app.domain.rules import nodes
from contracts_app.domain.rules.nodes import Expr
from contracts_app.domain.rules.sets import Values
from contracts_app.domain.rules.types import family_of

_FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True)
class Atom:
    """One condition: that the expression `about` lies in `values`, or the opaque condition `about` itself."""

    about: Hashable
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """`and` or `or` over parts."""

    op: str
    parts: tuple[Tree, ...]


Tree = Atom | Branch


def take_apart(node: Expr, families: Mapping[str, str], *, negated: bool = False) -> Tree:
    """The rule as a tree of atoms; `families` gives the type family of each field.

    >>> from contracts_app.domain.rules.parse import parse
    >>> take_apart(parse("not (x < 0)", ["x"]), {"x": "number"}).values.low
    0
    """
    match node:
        case nodes.Not(operand=operand):
            return take_apart(operand, families, negated=not negated)
        case nodes.Logic(op=op, parts=parts):
            flipped = {"and": "or", "or": "and"}[op] if negated else op
            return Branch(flipped, tuple(take_apart(part, families, negated=negated) for part in parts))
        case nodes.Comparison(op=op, left=left, right=right):
            return _comparison(_OPPOSITE[op] if negated else op, left, right, families)
        case nodes.Membership(operand=operand, choices=choices, negated=outside):
            return _membership(operand, choices, outside != negated, families)
        case nodes.NullTest(operand=operand, negated=present):
            return Atom(("is not null" if present != negated else "is null", key(operand)))
    return Atom(key(node), Values(only=frozenset({not negated})))  # a boolean field on its own


def key(node: Expr) -> Hashable:
    """What an expression says, apart from where it stands: equal for two spellings of the same expression."""
    match node:
        case nodes.FieldRef(name=name):
            return ("field", name)
        case nodes.Literal() | nodes.Negative(operand=nodes.Literal()):
            value = _constant(node)
            return ("value", type(value).__name__ if isinstance(value, bool | str) else "number", value)
        case nodes.Call(function=name, args=args):
            return (name, *map(key, args))
        case nodes.Arithmetic(op=op) | nodes.Comparison(op=op) | nodes.Logic(op=op):
            return (op, *map(key, nodes.children(node)))
        case nodes.Membership(negated=negated) | nodes.NullTest(negated=negated):
            return (type(node).__name__, negated, *map(key, nodes.children(node)))
    return (type(node).__name__, *map(key, nodes.children(node)))


def _comparison(op: str, left: Expr, right: Expr, families: Mapping[str, str]) -> Atom:
    if _is_constant(left) and not _is_constant(right):
        op, left, right = _FLIPPED[op], right, left
    if not _is_constant(right):
        return _difference(op, key(left), key(right))
    value = _comparable(left, right, families)
    if value is None or (isinstance(value, bool) and op not in ("==", "!=")):
        return Atom((op, key(left), key(right)))
    return Atom(key(left), _values(op, value))


def _membership(operand: Expr, choices: tuple[nodes.Literal, ...], outside: bool, families: Mapping[str, str]) -> Atom:
    values = [_comparable(operand, choice, families) for choice in choices]
    if None in values:
        listed = frozenset(map(key, choices))
        return Atom(("not in" if outside else "in", key(operand), listed))
    chosen = frozenset(values)
    return Atom(key(operand), Values(but=chosen) if outside else Values(only=chosen))


def _difference(op: str, left: Hashable, right: Hashable) -> Atom:
    """`a <= b` says where `a` stands to `b`, as `b >= a` does."""
    if repr(right) < repr(left):
        op, left, right = _FLIPPED[op], right, left
    return Atom(("order", left, right), _values(op, 0))


def _values(op: str, value: Any) -> Values:
    match op:
        case "==":
            return Values(only=frozenset({value}))
        case "!=":
            return Values(but=frozenset({value}))
        case "<" | "<=":
            return Values(high=value, high_open=op == "<")
    return Values(low=value, low_open=op == ">")


def _comparable(operand: Expr, constant: Expr, families: Mapping[str, str]) -> Any:
    """The constant as a value whose order and equality every engine shares (texts by code point), or None."""
    value, family = _constant(constant), family_of(operand, families)
    if family == "time" and isinstance(value, str):
        return datetime.fromisoformat(value)
    fits = {"number": int | float, "text": str, "boolean": bool}.get(family, ())
    if not isinstance(value, fits) or (family == "number" and isinstance(value, bool)):
        return None
    return value


def _is_constant(node: Expr) -> bool:
    return isinstance(node, nodes.Literal) or (isinstance(node, nodes.Negative) and _is_constant(node.operand))


def _constant(node: Expr) -> Any:
    if isinstance(node, nodes.Negative):
        value = _constant(node.operand)
        return -value if isinstance(value, int | float) and math.isfinite(value) else None
    return node.value if isinstance(node, nodes.Literal) else None
