"""Error budgets and burn rates, as in the Site Reliability Workbook (Google, 2018), chapter 5.

The budget of an objective of 99 % is one slice in a hundred. A burn rate of 1 spends it exactly by the end of
the window; the largest possible rate is 1 / (1 - objective), when every slice is bad, so that an alert on a
larger factor could never fire.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from .bounds import plain
from .measurement import shown

MIN_INTERVALS = 3  # a window with fewer samples is a coin toss


class BurnAlertError(ValueError):
    """A burn alert that can never fire, or whose window holds too few samples to mean anything."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of a window's budget is left; `bad` and `total` count slices or occurrences.

    `expected` is how many the whole window holds, where fewer were judged so far: time without a verdict spends
    nothing, so that the first bad minute of a new SLO does not spend the budget of a month.

    >>> Budget(Decimal("0.99"), bad=5, total=1000).left, Budget(Decimal("0.99"), bad=5, total=10, expected=1000).left
    (Decimal('0.5'), Decimal('0.5'))
    """

    objective: Decimal
    bad: int
    total: int
    expected: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.objective < 1:
            raise ValueError("An objective lies between 0 and 1; with 100 % there is no budget to spend.")
        if not 0 <= self.bad <= self.total:
            raise ValueError(f"{self.bad} bad of {self.total} is not a share.")

    @property
    def burn_rate(self) -> Decimal | None:
        """Bad share over allowed share; None where nothing was counted. Zero is success, not missing data."""
        if not self.total:
            return None
        return Decimal(self.bad) / Decimal(self.total) / (1 - self.objective)

    @property
    def left(self) -> Decimal | None:
        """The share of the budget still unspent; below 0 it is overdrawn."""
        if not self.total:
            return None
        return 1 - Decimal(self.bad) / max(self.total, self.expected) / (1 - self.objective)

    @property
    def spent(self) -> bool:
        """Whether nothing is left; a budget that nothing was counted for is not spent.

        >>> Budget(Decimal("0.9"), bad=1, total=10).spent, Budget(Decimal("0.9"), bad=0, total=0).spent
        (True, False)
        """
        return self.left is not None and self.left <= 0

    @property
    def left_percent(self) -> str:
        """The unspent share for people, rounded down.

        >>> Budget(Decimal("0.999"), bad=1, total=3000).left_percent
        '66.666'
        """
        return "" if self.left is None else shown(100 * self.left)

    @property
    def times_over(self) -> str:
        """How many budgets are spent, for people; empty while the budget is not overdrawn.

        >>> Budget(Decimal("0.99"), bad=25, total=1000).times_over
        '2.5'
        """
        return plain(round(1 - self.left, 1)) if self.left is not None and self.left < 0 else ""

    @property
    def objective_percent(self) -> str:
        """The objective for people."""
        return plain(100 * self.objective)


@dataclass(frozen=True, slots=True)
class BurnAlert:
    """Fire where both windows burn at `factor` or faster: the long one is significant, the short is now."""

    factor: Decimal
    long: timedelta
    short: timedelta


def fires(alert: BurnAlert, long: Budget, short: Budget) -> bool:
    """Whether both windows reach the factor; a window without samples never fires."""
    rates = (long.burn_rate, short.burn_rate)
    return all(rate is not None and rate >= alert.factor for rate in rates)


def check(alert: BurnAlert, objective: Decimal, interval: timedelta) -> None:
    """Refuse a burn alert that can never fire or never mean anything; raises BurnAlertError.

    >>> hour, minute = timedelta(hours=1), timedelta(minutes=1)
    >>> check(BurnAlert(Decimal("14.4"), hour, 5 * minute), Decimal("0.9"), minute)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    slo_app.domain.budget.BurnAlertError: The burn rate of a 90 % objective never exceeds 10, so ...
    """
    largest = round(1 / (1 - objective), 6)
    if alert.factor > largest:
        raise BurnAlertError(
            f"The burn rate of a {plain(100 * objective)} % objective never exceeds {plain(largest)}, "
            f"so a factor of {alert.factor} can never fire."
        )
    if alert.short < MIN_INTERVALS * interval:
        raise BurnAlertError(
            f"A window of {alert.short} holds fewer than {MIN_INTERVALS} samples at one every {interval}; widen it."
        )
