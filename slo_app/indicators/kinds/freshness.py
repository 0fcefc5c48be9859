"""Freshness: the minutes since the newest event, by the source's own clock.

One statement reads the clock, the newest time that is not in the future, and how many times are missing or lie
ahead: an empty table has no data, a table whose times are all NULL is a breach that says so, and one wrong time in
the future never hides that the rest is stale.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.connectors.base import Reader

from ...domain.measurement import Reading, Result
from ..base import Defaults, Indicator, Terms, when
from ..registry import indicator
from ..sql import clock, shifted_now, time_column

SKEW = timedelta(seconds=60)  # clocks of honest writers may run ahead of the database's by this much

RUNBOOK = {
    "Trigger": ("Freshness is past its alert threshold.",),
    "Triage": (
        "Check the health of the upstream ingest job.",
        "Look for a late partition.",
        "Look for a provider outage.",
    ),
    "Fix": ("Rerun the job with --from-latest-success.", "Backfill the missing partitions."),
    "Verify": (
        "Freshness is back at its target.",
        "Post the post-mortem in #data-postmortems within 24 hours.",
    ),
    "Rollback": ("If the rerun made it worse, stop the job and restore the last complete partition.",),
}


@indicator("freshness")
class Freshness(Indicator):
    """`now - max(event time)` in minutes."""

    label = "Freshness"
    unit = "min"
    sli = "now - max(event time)"
    element_help = "The column that holds the time of each event."
    defaults = Defaults(
        target=("<=", Decimal(15)),
        alert=(">", Decimal(20)),
        hold=timedelta(minutes=5),
        interval=timedelta(minutes=1),
        objective=Decimal("0.99"),
        runbook=RUNBOOK,
    )

    def measure(self, reader: Reader, terms: Terms) -> Reading:
        columns = reader.columns()
        column = time_column(columns, terms.element)
        limit = shifted_now(reader.dialect, columns[terms.element], SKEW)
        return read(reader.row(statement(reader.relation, reader.dialect, column, limit)))


def statement(relation: str, dialect: str, column: str, limit: str) -> str:
    """The one statement; `limit` is the newest time that is believed."""
    return (
        f"SELECT {clock(dialect)} AS clock, "  # noqa: S608 - names are quoted by the reader and by `quoted`
        f"extract(epoch FROM max({column}) FILTER (WHERE {column} <= {limit})) AS newest, "
        f"count(*) AS total, count(*) FILTER (WHERE {column} IS NULL) AS nulls, "
        f"count(*) FILTER (WHERE {column} > {limit}) AS future "
        f"FROM {relation}"
    )


def read(row: Mapping[str, Any]) -> Reading:
    """Turn the answer into a reading."""
    now, total = when(row["clock"]), int(row["total"])
    counts = {"rows": total, "without a time": int(row["nulls"]), "in the future": int(row["future"])}
    newest = row["newest"]
    if total == 0:
        return Reading(now, result=Result.NO_DATA, reason="The dataset is empty.", total=0, counts=counts)
    if newest is None or not math.isfinite(newest):
        return Reading(now, result=Result.BREACH, reason=_unusable(counts), total=total, counts=counts)
    age = max(Decimal(str(row["clock"])) - Decimal(str(newest)), Decimal(0))
    return Reading(now, value=age / 60, total=total, counts=counts, reason=_remark(counts), window_end=when(newest))


def _unusable(counts: Mapping[str, int]) -> str:
    if counts["without a time"] == counts["rows"]:
        return f"All {counts['rows']} rows lack a time, so nothing shows when data last arrived."
    return f"No row has a usable time: {counts['without a time']} lack one, {counts['in the future']} lie ahead."


def _remark(counts: Mapping[str, int]) -> str:
    odd = [f"{n} rows {name}" for name, n in counts.items() if n and name != "rows"]
    return f"Left out of the newest time: {', '.join(odd)}." if odd else ""
