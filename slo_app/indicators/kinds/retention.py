"""Retention: the days since the oldest row, by the source's own clock; at most the days that the contract allows.

Rows without a time cannot be shown to be within any limit, so they are counted beside the value, and a dataset of
nothing else is a breach that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.connectors.base import Reader

from ...domain.measurement import Reading, Result, percentage
from ..base import CannotMeasure, Defaults, Indicator, Terms, when
from ..registry import indicator
from ..sql import clock, time_column

DAY_S = 86_400
RUNBOOK = {
    "Trigger": ("The oldest row is older than the contract lets it be kept.",),
    "Triage": (
        "Check whether the job that deletes expired rows ran.",
        "Look for a backfill that brought old rows back.",
    ),
    "Fix": ("Run the deletion of expired rows.", "Ask the privacy officer before anything is kept longer."),
    "Verify": ("The oldest row is within the limit again.",),
    "Rollback": ("Nothing is rolled back: what is deleted stays deleted.",),
}


@indicator("retention")
class Retention(Indicator):
    """`now - min(event time)` in days."""

    label = "Retention"
    unit = "d"
    sli = "now - min(event time)"
    element_help = "The column that says when a row came to be."
    defaults = Defaults(
        target=("<=", Decimal(365)),
        alert=(">", Decimal(365)),
        hold=timedelta(0),
        interval=timedelta(days=1),
        objective=Decimal("0.99"),
        runbook=RUNBOOK,
    )

    def measure(self, reader: Reader, terms: Terms) -> Reading:
        columns = reader.columns()
        column = time_column(columns, terms.element or _only_time(columns))
        return read(reader.row(statement(reader, column)))


def _only_time(columns: Mapping[str, str]) -> str:
    times = [name for name, kind in columns.items() if kind.lower().startswith("timestamp")]
    if len(times) != 1:
        raise CannotMeasure("Say which column holds the time of a row: `element:` of `retention` under `slos`.")
    return times[0]


def statement(reader: Reader, column: str) -> str:
    """The oldest time, how many rows there are, and how many have none; an infinite one is none."""
    known = f"{column} > '-infinity' AND {column} < 'infinity'"
    return (
        f"SELECT {clock(reader.dialect)} AS clock, extract(epoch FROM min({column}) FILTER (WHERE {known})) AS oldest, "  # noqa: S608
        f"count(*) AS total, count(*) FILTER (WHERE ({known}) IS NOT TRUE) AS nulls FROM {reader.relation}"
    )


def read(row: Mapping[str, Any]) -> Reading:
    """Turn the answer into a reading."""
    now, total, nulls = when(row["clock"]), int(row["total"]), int(row["nulls"])
    counts = {"rows": total, "without a time": nulls}
    if total == 0:
        return Reading(now, result=Result.NO_DATA, reason="The dataset is empty.", total=0, counts=counts)
    shares = {"null_share": percentage(nulls, total)}
    if row["oldest"] is None:
        said = f"All {total:,} rows lack a time, so none can be shown to be within the limit."
        return Reading(now, result=Result.BREACH, reason=said, total=total, counts=counts, figures=shares)
    age = max(Decimal(str(row["clock"])) - Decimal(str(row["oldest"])), Decimal(0)) / DAY_S
    said = f"{nulls:,} rows lack a time and cannot be shown to be within the limit." if nulls else ""
    return Reading(
        now, round(age, 6), total=total, counts=counts, figures=shares, reason=said, window_start=when(row["oldest"])
    )
