"""Drift: the population stability index of one column against its stored baseline.

The engine bins by the baseline's own edges, so no row leaves it. There is a verdict only with 200 rows on both sides.
Shares of rows without a value and outside the baseline's range are series of their own: they explain most alarms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.connectors.base import Reader

from ...domain.baseline import Baseline, Seen
from ...domain.bins import Numbers
from ...domain.measurement import Reading, Result
from ...domain.psi import ENOUGH, HALF, METHODS
from ..base import CannotMeasure, Compared, Defaults, Span, Terms, when
from ..distribution import Column, bins_of, column_of, rows_within, tally
from ..registry import indicator
from ..settings import Setting, Shape

RUNBOOK = {
    "Trigger": ("The distribution of the column has moved away from its baseline.",),
    "Triage": (
        "Look at the shares without a value and out of range: they explain most alarms.",
        "See which bins moved, and since when.",
        "Check whether a producer, a unit, a market or a model version changed.",
    ),
    "Fix": (
        "Correct the producer, or retrain the model on the data of today.",
        "Where the change is wanted, make a new baseline and say why.",
    ),
    "Verify": ("The index is back at its target.", "Post the post-mortem in #data-postmortems within 24 hours."),
    "Rollback": ("Put the previous version of the model or of the transformation back.",),
}


@indicator("drift")
class Drift(Compared):
    """PSI of a column of numbers, booleans or categories: a data column, or the scores of a model."""

    label = "Drift"
    unit = "PSI"
    sli = "population stability index against the baseline"
    element_help = "The column whose values are watched: numbers, truths or short texts."
    window_help = "Only rows of so long ago until now are looked at; empty looks at every row."
    fields = (
        Setting("event_time", "The column that says when a row happened, for the window.", shape=Shape.COLUMN),
        Setting(
            "method",
            "How the index is computed. The others are there to compare figures with tools that work so.",
            shape=Shape.CHOICE,
            choices=tuple(METHODS.items()),
            default=HALF,
        ),
    )
    defaults = Defaults(
        target=("<=", Decimal("0.2")),
        alert=(">", Decimal("0.25")),
        hold=timedelta(0),
        interval=timedelta(days=1),
        objective=Decimal("0.95"),
        runbook=RUNBOOK,
    )

    def lacks(self, element: str, settings: Mapping[str, Any]) -> str:
        del settings
        return "" if element else "No column is named to watch. Say `element:` under this SLO in the contract."

    def baseline(self, reader: Reader, terms: Terms, span: Span | None = None) -> Baseline:
        method = terms.settings.get("method") or HALF
        if method not in METHODS:
            raise CannotMeasure(f"The method “{method}” is not known. Use one of {', '.join(METHODS)}.")
        column = _column(reader, terms, span)
        bins = bins_of(reader, column, method)
        _, counted = tally(reader, column, bins)
        try:
            return Baseline(bins, bins.counts(counted), method)
        except ValueError as error:
            raise CannotMeasure(str(error)) from None

    def measure(self, reader: Reader, terms: Terms) -> Reading:
        if terms.baseline is None:
            raise CannotMeasure("There is no baseline to compare with. Make one from a window of the data.")
        try:
            baseline = Baseline.from_document(terms.baseline)
        except ValueError as error:
            raise CannotMeasure(f"{error} Make a new baseline.") from None
        column = _column(reader, terms)
        _fits(column, baseline)
        clock, counted = tally(reader, column, baseline.bins)
        return read(clock, baseline.against(counted), baseline)


def _column(reader: Reader, terms: Terms, span: Span | None = None) -> Column:
    event_time = str(terms.settings.get("event_time") or "")
    rows = rows_within(reader, event_time, span or terms.window)
    return column_of(reader, terms.element, rows, personal=terms.element in terms.personal)


def _fits(column: Column, baseline: Baseline) -> None:
    if column.numeric != isinstance(baseline.bins, Numbers):
        raise CannotMeasure(
            f"The type of “{column.name}” has changed since its baseline was made. Make a new baseline."
        )


def read(clock: float, seen: Seen, baseline: Baseline) -> Reading:
    """Turn the counts into a reading; the counts by bin say where it moved."""
    value = Decimal(f"{seen.comparison.value:.6f}")
    reading = Reading(
        when(clock),
        value,
        total=seen.rows,
        counts=dict(zip(baseline.bins.labels, seen.counts, strict=True)),
        figures={"psi": value, **_figures(seen, baseline)},
        method=f"psi method={baseline.method} bins={len(baseline.counts)}",
        reason=_remark(seen, baseline),
    )
    if seen.comparison.enough:
        return reading
    short = f"{seen.rows:,} rows now, {baseline.rows:,} in the baseline"
    said = f"Too few rows for a verdict: {short}; {ENOUGH} are needed on both sides."
    return replace(reading, value=None, result=Result.INSUFFICIENT, reason=said)


def _figures(seen: Seen, baseline: Baseline) -> Mapping[str, Decimal]:
    """Series of their own; shares are in percent."""
    found = {"by_chance": seen.comparison.by_chance} if math.isfinite(seen.comparison.by_chance) else {}
    if seen.rows:
        found["null_share"] = 100 * seen.nulls / seen.rows
        if seen.outside is not None:
            found["out_of_range_share"] = 100 * seen.outside / seen.rows
    found["baseline_null_share"] = 100 * baseline.counts[-1] / baseline.rows
    return {name: Decimal(f"{number:.6f}") for name, number in found.items()}


def _remark(seen: Seen, baseline: Baseline) -> str:
    """The bin that moved most, where the index says anything at all."""
    if not seen.comparison.enough or seen.comparison.value <= 2 * seen.comparison.by_chance:
        return ""
    shift = 1 if len(seen.comparison.by_bin) < len(baseline.counts) else 0  # a histogram leaves its first bin out
    at = max(range(len(seen.comparison.by_bin)), key=seen.comparison.by_bin.__getitem__) + shift
    was, now = baseline.counts[at] / baseline.rows, seen.counts[at] / seen.rows
    return f"Most moved: “{baseline.bins.labels[at]}”, from {100 * was:.3g} % to {100 * now:.3g} % of rows."
