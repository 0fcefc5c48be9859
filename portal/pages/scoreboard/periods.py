"""The periods of board packs: calendar months and quarters, the present ones up to today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both in it; `key` is its name in an address."""

    key: str
    label: str
    since: date
    until: date


def period_named(key: str, today: date) -> Period:
    """The month or quarter of that key, cut at today. Raises ValueError for none, and for one that lies ahead.

    >>> found = period_named("2026-Q3", date(2026, 11, 23))
    >>> found.label, str(found.since), str(found.until)
    ('Quarter 3 of 2026', '2026-07-01', '2026-09-30')
    >>> period_named("2026-11", date(2026, 11, 23)).label
    'November 2026, to date'
    """
    month, quarter = _MONTH.fullmatch(key), _QUARTER.fullmatch(key)
    if month:
        first, last = date(int(month[1]), int(month[2]), 1), 1
        label = f"{first:%B %Y}"
    elif quarter:
        first, last = date(int(quarter[1]), 3 * int(quarter[2]) - 2, 1), 3
        label = f"Quarter {quarter[2]} of {quarter[1]}"
    else:
        raise ValueError(f"{key!r} is neither a month such as 2026-10 nor a quarter such as 2026-Q3.")
    end = _months_on(first, last) - timedelta(days=1)
    if first > today:
        raise ValueError(f"{label} lies ahead.")
    return Period(key, label if end < today else f"{label}, to date", first, min(end, today))


def periods(today: date, *, since: date) -> list[Period]:
    """The months and quarters that hold a day from `since` to today, the newest first, months before quarters.

    >>> [period.key for period in periods(date(2026, 4, 2), since=date(2026, 2, 20))]
    ['2026-04', '2026-03', '2026-02', '2026-Q2', '2026-Q1']
    """
    months, first = [], since.replace(day=1)
    while first <= today:
        months.append(first)
        first = _months_on(first, 1)
    quarters = dict.fromkeys(f"{each.year}-Q{(each.month + 2) // 3}" for each in reversed(months))
    keys = [f"{each:%Y-%m}" for each in reversed(months)] + list(quarters)
    return [period_named(key, today) for key in keys]


def _months_on(first: date, months: int) -> date:
    index = first.month - 1 + months
    return date(first.year + index // 12, index % 12 + 1, 1)
