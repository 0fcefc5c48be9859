"""A measurement: what one look at the data said, and which of the five results it is.

Only `ok` and `breach` are verdicts and move the error budget. An empty table, too few rows or a probe that
failed is not a verdict: it is never shown as green, and never spends the budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from .bounds import Bound, plain
from .windows import Judged


class Result(StrEnum):
    """The five results of a measurement."""

    OK = "ok"
    BREACH = "breach"
    NO_DATA = "no_data"
    INSUFFICIENT = "insufficient"
    PROBE_ERROR = "probe_error"


DECIDING = frozenset({Result.OK, Result.BREACH})


@dataclass(frozen=True, slots=True)
class Reading:
    """What an indicator read: numbers and counts, never rows.

    `value` is in the indicator's unit. `result` is set only where the value cannot decide: no data, or a
    breach without a number (every timestamp NULL). `counts` are whole numbers by name, such as failing rows
    by rule; `figures` are other numbers by name, such as a share. `method` says how the value was computed,
    where there are several ways. `windows` are those judged by this look, for kinds that judge by windows.
    """

    source_clock: datetime | None
    value: Decimal | None = None
    good: int | None = None
    total: int | None = None
    result: Result | None = None
    reason: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    method: str = ""
    window_start: datetime | None = None
    window_end: datetime | None = None
    windows: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judged reading: `result` is against the target, `alerting` against the alert threshold."""

    result: Result
    alerting: bool

    @property
    def deciding(self) -> bool:
        """Whether this verdict moves the budget and the alert."""
        return self.result in DECIDING


def judge(reading: Reading, target: Bound, alert: Bound) -> Verdict:
    """Compare a reading with its target and its alert threshold.

    Between the two lies the dead band: the target is missed, and nobody is woken.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> fifteen, twenty = Bound("<=", Decimal(15)), Bound(">", Decimal(20))
    >>> judge(Reading(noon, Decimal(17)), fifteen, twenty)
    Verdict(result=<Result.BREACH: 'breach'>, alerting=False)
    >>> judge(Reading(noon, result=Result.NO_DATA), fifteen, twenty).deciding
    False
    """
    if reading.result is not None:
        return Verdict(reading.result, alerting=reading.result is Result.BREACH)
    if reading.value is None:
        raise ValueError("A reading without a value must say its result.")
    met = target.holds(reading.value)
    return Verdict(Result.OK if met else Result.BREACH, alerting=alert.holds(reading.value))


def percentage(good: int, total: int) -> Decimal:
    """The share of good rows in percent, exact to 28 digits.

    >>> percentage(999, 1000)
    Decimal('99.9')
    """
    if not 0 <= good <= total or total == 0:
        raise ValueError(f"{good} of {total} is not a share.")
    return Decimal(100 * good) / Decimal(total)


def shown(value: Decimal, target: Bound | None = None) -> str:
    """Write a value for people, rounded to the side that does not flatter it.

    One failing row in ten million never reads as 100 %, and 15.04 minutes never read as 15.

    >>> shown(Decimal("99.99999")), shown(Decimal("15.04"), Bound("<=", Decimal(15)))
    ('99.999', '15.1')
    """
    at_most = target is not None and target.op in ("<=", "<")
    digits = 1 if at_most and value >= 1 else 3
    step = Decimal(1).scaleb(-digits)
    return plain(value.quantize(step, rounding=ROUND_CEILING if at_most else ROUND_FLOOR))
