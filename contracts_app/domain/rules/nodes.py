"""The abstract syntax of a rule. Only what stands here can ever reach an engine: this is the whitelist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldRef:
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | float | int | bool | None
    at: int
    bare: bool = False  # a word without quotes in a list


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    args: tuple[Expr, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: str  # + - * / %
    left: Expr
    right: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    op: str  # == != < <= > >=
    left: Expr
    right: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Membership:
    operand: Expr
    choices: tuple[Literal, ...]
    negated: bool
    at: int


@dataclass(frozen=True, slots=True)
class NullTest:
    operand: Expr
    negated: bool
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Logic:
    op: str  # and, or
    parts: tuple[Expr, ...]
    at: int


Expr = FieldRef | Literal | Call | Negative | Arithmetic | Comparison | Membership | NullTest | Not | Logic


def children(node: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression."""
    match node:
        case Call(args=args):
            return args
        case Logic(parts=parts):
            return parts
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            return (left, right)
        case Negative(operand=operand) | Not(operand=operand) | NullTest(operand=operand):
            return (operand,)
        case Membership(operand=operand, choices=choices):
            return (operand, *choices)
    return ()


def walk(node: Expr) -> Iterator[Expr]:
    """The expression and everything in it."""
    yield node
    for child in children(node):
        yield from walk(child)


def fields_of(node: Expr) -> list[str]:
    """Names of the fields that a rule mentions, each once, in order."""
    return list(dict.fromkeys(part.name for part in walk(node) if isinstance(part, FieldRef)))


def nulls_handled(node: Expr) -> set[str]:
    """Fields whose NULL the rule itself speaks about, by `is null`, `is not null` or `coalesce`."""
    handled: set[str] = set()
    for part in walk(node):
        if isinstance(part, NullTest) or (isinstance(part, Call) and part.function == "coalesce"):
            handled.update(fields_of(part))
    return handled
