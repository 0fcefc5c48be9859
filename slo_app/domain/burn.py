"""Multi-window burn alerts: the standard set, scaled to an SLO, and whether one fires now.

The factors and windows are those of the Site Reliability Workbook for 30 days: 2 % of the budget in an hour and 5 %
in six page, 10 % in a day and in three days are tickets. Each long window has a short one that ends the alert soon
after the burning does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from .budget import Budget, BurnAlert, BurnAlertError, check, fires

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE, TICKET = "page", "ticket"
STANDARD = (
    (BurnAlert(Decimal("14.4"), HOUR, HOUR / 12), PAGE),
    (BurnAlert(Decimal(6), 6 * HOUR, HOUR / 2), PAGE),
    (BurnAlert(Decimal(3), DAY, 2 * HOUR), TICKET),
    (BurnAlert(Decimal(1), 3 * DAY, 6 * HOUR), TICKET),
)
COVERED = Decimal("0.5")  # of the long window must have been judged: three bad looks of a new SLO are no burn


@dataclass(frozen=True, slots=True)
class Window:
    """What was judged in a window: its budget, and how many slices of it had a verdict at all."""

    budget: Budget
    judged: int


def standard(objective: Decimal, interval: timedelta) -> Iterator[tuple[BurnAlert, str]]:
    """The standard burn alerts that can fire and mean something for an objective measured this often, with severity.

    >>> [str(alert.factor) for alert, _ in standard(Decimal("0.9"), timedelta(minutes=1))]
    ['6', '3', '1']
    >>> [str(alert.factor) for alert, _ in standard(Decimal("0.98"), timedelta(hours=1))]
    ['1']
    >>> list(standard(Decimal("0.95"), timedelta(days=1)))
    []
    """
    for alert, severity in STANDARD:
        try:
            check(alert, objective, interval)
        except BurnAlertError:
            continue
        yield alert, severity


def burning(alert: BurnAlert, long: Window, short: Window, interval: timedelta) -> bool:
    """Whether the alert fires: both windows burn fast enough, and enough of the long one was judged to say so.

    >>> minute, bad = timedelta(minutes=1), Budget(Decimal("0.99"), bad=5, total=5)
    >>> five = Window(bad, judged=5)
    >>> burning(STANDARD[0][0], five, five, minute)
    False
    >>> burning(STANDARD[0][0], Window(Budget(Decimal("0.99"), bad=20, total=60), judged=60), five, minute)
    True
    """
    return long.judged >= COVERED * (alert.long // interval) and fires(alert, long.budget, short.budget)
