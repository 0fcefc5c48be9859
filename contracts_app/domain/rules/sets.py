"""Sets of values that a comparison with a constant leaves: an interval, a finite set, or all but a finite set.

Only what can be proved is answered with True: where two sets cannot be told apart, `within` says False.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Values:
    """Values of one totally ordered type: `only` of them, or those between the bounds, in either case without `but`."""

    only: frozenset[Any] | None = None
    low: Any = None
    low_open: bool = False
    high: Any = None
    high_open: bool = False
    but: frozenset[Any] = frozenset()

    def has(self, value: Any) -> bool:
        """Whether the value is in the set.

        >>> Values(low=0, low_open=True).has(0)
        False
        """
        if value in self.but or (self.only is not None and value not in self.only):
            return False
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below

    def meet(self, other: Values) -> Values:
        """What is in both."""
        but = self.but | other.but
        if self.only is not None or other.only is not None:
            listed, rest = (self, other) if self.only is not None else (other, self)
            return Values(only=frozenset(value for value in listed.only or () if listed.has(value) and rest.has(value)))
        low, high = _higher(self, other), _lower(self, other)
        return Values(None, low.low, low.low_open, high.high, high.high_open, but)

    @property
    def empty(self) -> bool:
        """Whether nothing can be in it."""
        if self.only is not None:
            return not any(self.has(value) for value in self.only)
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high or (self.low == self.high and not self.has(self.low)))

    def within(self, other: Values) -> bool:
        """Whether every value of this set is provably in the other.

        >>> Values(low=1).within(Values(low=0)), Values(only=frozenset({1, 2})).within(Values(high=2))
        (True, True)
        """
        if self.empty:
            return True
        if self.only is not None:
            return all(other.has(value) for value in self.only if self.has(value))
        if other.only is not None:
            return self.low is not None and self.low == self.high and other.has(self.low)
        excluded = all(not self.has(value) for value in other.but)
        return excluded and _higher(self, other) is self and _lower(self, other) is self


def _higher(one: Values, other: Values) -> Values:
    """The one with the tighter lower bound, the first of two equal ones."""
    if other.low is None:
        return one
    if one.low is None or other.low > one.low or (other.low == one.low and other.low_open and not one.low_open):
        return other
    return one


def _lower(one: Values, other: Values) -> Values:
    if other.high is None:
        return one
    if one.high is None or other.high < one.high or (other.high == one.high and other.high_open and not one.high_open):
        return other
    return one
