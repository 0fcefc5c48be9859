"""A bound is one comparison: a target that must hold, or an alert threshold that must not."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

OPERATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}
SIGNS = {"<=": "≤", "<": "<", ">=": "≥", ">": ">"}


@dataclass(frozen=True, slots=True)
class Bound:
    """One side of a number line, in the unit of its indicator.

    >>> Bound("<=", Decimal(15)).holds(Decimal("15.0"))
    True
    >>> str(Bound(">", Decimal("99.90")))
    '> 99.9'
    """

    op: str
    value: Decimal

    def __post_init__(self) -> None:
        if self.op not in OPERATORS:
            raise ValueError(f"The comparison {self.op!r} is not known; use one of {', '.join(OPERATORS)}.")
        if not self.value.is_finite():
            raise ValueError("A bound needs a finite number.")

    def holds(self, value: Decimal) -> bool:
        """Whether `value` lies on this side."""
        return OPERATORS[self.op](value, self.value)

    def __str__(self) -> str:
        return f"{SIGNS[self.op]} {plain(self.value)}"


def plain(value: Decimal) -> str:
    """Write a number without trailing zeros or an exponent.

    >>> plain(Decimal("15.000")), plain(Decimal("1E+2")), plain(Decimal("0.0"))
    ('15', '100', '0')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class BoundsError(ValueError):
    """A target and an alert threshold that do not belong together."""


def check_pair(target: Bound, alert: Bound) -> None:
    """Refuse an alert threshold that a value on target could pass; raises BoundsError.

    >>> check_pair(Bound("<=", Decimal(15)), Bound(">", Decimal(20)))
    >>> check_pair(Bound("<=", Decimal(15)), Bound(">", Decimal(10)))
    Traceback (most recent call last):
    ...
    slo_app.domain.bounds.BoundsError: A value of 10 to 15 would be on target and alert; alert > 15 or higher.
    >>> check_pair(Bound(">=", Decimal(99)), Bound(">", Decimal(98)))
    Traceback (most recent call last):
    ...
    slo_app.domain.bounds.BoundsError: The target is at least a value, so the alert must be below one: write < or ≤.
    """
    low = target.op in ("<=", "<")
    if low == (alert.op in ("<=", "<")):
        kind, other, signs = ("most", "above", "> or ≥") if low else ("least", "below", "< or ≤")
        raise BoundsError(f"The target is at {kind} a value, so the alert must be {other} one: write {signs}.")
    if (alert.value < target.value) == low and alert.value != target.value:
        first, last = sorted((target.value, alert.value))
        way = f"> {plain(target.value)} or higher" if low else f"< {plain(target.value)} or lower"
        raise BoundsError(f"A value of {plain(first)} to {plain(last)} would be on target and alert; alert {way}.")
    if alert.value == target.value and target.holds(target.value) and alert.holds(alert.value):
        raise BoundsError(
            f"{plain(alert.value)} itself would be on target and alert; write {alert.op[0]} for the alert."
        )
