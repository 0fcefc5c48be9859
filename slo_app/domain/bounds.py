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
