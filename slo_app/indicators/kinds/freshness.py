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

from ...domain.bounds import plain
from ...domain.measurement import Reading, Result, percentage, shown
from ..base import Defaults, Indicator, Terms, when
from ..registry import indicator
from ..settings import Setting, Shape
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
    fields = (
        Setting(
            "max_null_share",
            "Percent of the rows that may lack a time; more is a breach, however fresh the rest is.",
            shape=Shape.NUMBER,
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
        Setting(
            "skew_seconds",
            "Seconds by which a writer's clock may run ahead; 60 when empty.",
            shape=Shape.WHOLE,
            minimum=Decimal(0),
            maximum=Decimal(86400),
        ),
    )
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
        skew = timedelta(seconds=float(terms.settings.get("skew_seconds") or SKEW.total_seconds()))
        limit = shifted_now(reader.dialect, columns[terms.element], skew)
        row = reader.row(statement(reader.relation, reader.dialect, column, limit))
        return read(row, most_nulls=_percent(terms.settings.get("max_null_share")))


def statement(relation: str, dialect: str, column: str, limit: str) -> str:
    """The one statement; `limit` is the newest time that is believed."""
    return (
        f"SELECT {clock(dialect)} AS clock, "  # noqa: S608 - names are quoted by the reader and by `quoted`
        f"extract(epoch FROM max({column}) FILTER (WHERE {column} <= {limit})) AS newest, "
        f"count(*) AS total, count(*) FILTER (WHERE {column} IS NULL) AS nulls, "
        f"count(*) FILTER (WHERE {column} > {limit}) AS future "
        f"FROM {relation}"
    )


def read(row: Mapping[str, Any], most_nulls: Decimal | None = None) -> Reading:
    """Turn the answer into a reading; past `most_nulls` percent of rows without a time it is a breach in itself."""
    now, total = when(row["clock"]), int(row["total"])
    counts = {"rows": total, "without a time": int(row["nulls"]), "in the future": int(row["future"])}
    if total == 0:
        return Reading(now, result=Result.NO_DATA, reason="The dataset is empty.", total=0, counts=counts)
    share = percentage(counts["without a time"], total)
    known = {"total": total, "counts": counts, "figures": {"null_share": share}}
    newest = row["newest"]
    if newest is None or not math.isfinite(newest):
        return Reading(now, result=Result.BREACH, reason=_unusable(counts), **known)
    age = max(Decimal(str(row["clock"])) - Decimal(str(newest)), Decimal(0)) / 60
    if most_nulls is not None and share > most_nulls:
        said = f"{shown(share)} % of the rows lack a time, more than the {plain(most_nulls)} % that may."
        return Reading(now, value=age, result=Result.BREACH, reason=said, window_end=when(newest), **known)
    return Reading(now, value=age, reason=_remark(counts), window_end=when(newest), **known)


def _percent(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _unusable(counts: Mapping[str, int]) -> str:
    missing, ahead = counts["without a time"], counts["in the future"]
    if missing == counts["rows"]:
        return f"All {missing} rows lack a time, so nothing shows when data last arrived."
    endless = counts["rows"] - missing - ahead
    far = f", {endless} lie infinitely far back" if endless else ""
    return f"No row has a usable time: {missing} lack one, {ahead} lie ahead{far}."


def _remark(counts: Mapping[str, int]) -> str:
    odd = [f"{n} rows {name}" for name, n in counts.items() if n and name != "rows"]
    return f"Left out of the newest time: {', '.join(odd)}." if odd else ""
