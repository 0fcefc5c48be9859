"""Completeness: rows that came ÷ rows expected, over windows of event time that no late row should change any more.

The newest window past its lateness allowance is the measurement. Windows before it are counted again for a while, so
that late rows get their second verdict; both are kept. Where a key is known its distinct values are counted, since
duplicates would hide losses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.connectors.base import Reader

from ...domain import windows
from ...domain.completeness import share
from ...domain.durations import words
from ...domain.expectation import MOST_WEEKS, Expectation, ExpectationError, read, written_in
from ...domain.measurement import Reading, Result
from ...domain.windows import Judged, Window
from ..base import CannotMeasure, Defaults, Indicator, Terms, when
from ..counting import Counted, clock_of, in_windows, rows_of
from ..expecting import expected_in, expected_whole, said
from ..registry import indicator
from ..settings import Setting, SettingError, Shape

RUNBOOK = {
    "Trigger": ("Fewer rows came than were expected, past the alert threshold.",),
    "Triage": (
        "Look in the lineage for a run of the ingest job that failed or never started.",
        "Compare the window below with its source: is a partition, a provider or a region missing?",
        "Look for a filter or a join that a recent release added.",
    ),
    "Fix": ("Rerun the job with --from-latest-success.", "Backfill the missing rows of the window."),
    "Verify": (
        "Completeness is back at its target; the second verdict of the window says so too.",
        "Post the post-mortem in #data-postmortems within 24 hours.",
    ),
    "Rollback": ("If the rerun wrote rows twice, remove the repeated ones by their key and count again.",),
}


@indicator("completeness")
class Completeness(Indicator):
    """Rows that came ÷ rows expected, in percent."""

    label = "Completeness"
    unit = "%"
    sli = "ingested ÷ expected"
    needs_rules = True
    by_windows = True
    element_help = "The column that says when a row's event happened; empty only where whole datasets are compared."
    window_help = "How long each judged window is; 1 hour when left out, or the period of the schedule."
    fields = (
        Setting("source", "As many rows as this dataset holds in the same window.", shape=Shape.ASSET),
        Setting("element", "Time column of the source or of the control table, where it has another name."),
        Setting("rows", "A schedule: this many rows …", shape=Shape.WHOLE, minimum=Decimal(0)),
        Setting("per", "… in every period of this length.", shape=Shape.DURATION),
        Setting("control", "A table that states control totals.", shape=Shape.ASSET),
        Setting("column", "The column of the control table that states how many rows there should be."),
        Setting("history", "As many as the median of the same window in this number of past weeks.",
                label="History, weeks", shape=Shape.WHOLE, minimum=Decimal(2), maximum=Decimal(MOST_WEEKS)),
        Setting("key", "Count distinct values of this column, so that duplicates hide no loss.", shape=Shape.COLUMN),
        Setting("lateness", "How long after its end a window waits for late rows; 10 min when left out.",
                shape=Shape.DURATION),
        Setting("whole", "Compare the whole datasets instead of windows.", shape=Shape.FLAG),
    )  # fmt: skip
    defaults = Defaults(
        target=(">=", Decimal("99.5")),
        alert=("<", Decimal("99.0")),
        hold=timedelta(minutes=10),
        interval=timedelta(minutes=5),
        runbook=RUNBOOK,
    )

    def lacks(self, element: str, settings: Mapping[str, Any]) -> str:
        if written_in(settings) is None:
            return "Nothing says what complete means. Say `expected:` under this SLO in the contract."
        try:
            wanted = read(written_in(settings))
        except ExpectationError as error:
            return str(error)
        return "" if element or wanted.whole else "No event-time column is named. Say `element:` in the contract."

    def check(self, settings: Mapping[str, Any]) -> None:
        try:
            read(written_in(settings))
        except ExpectationError as error:
            raise SettingError("source", str(error)) from None

    def measure(self, reader: Reader, terms: Terms) -> Reading:
        if lacking := self.lacks(terms.element, terms.settings):
            raise CannotMeasure(lacking)
        try:
            wanted = read(written_in(terms.settings), terms.window)
        except ExpectationError as error:
            raise CannotMeasure(str(error)) from None
        wanted = replace(wanted, key=_key(wanted, terms, reader.columns()))
        return (_whole if wanted.whole else _windows)(reader, terms, wanted)


def _windows(reader: Reader, terms: Terms, wanted: Expectation) -> Reading:
    """What is expected is asked first: rows that come in between can then only be surplus, never a loss."""
    clock = when(clock_of(reader))
    last = windows.newest(clock, wanted.width, wanted.lateness)
    kept = terms.judged(windows.changeable(last))
    asked = windows.to_judge(last, kept)
    expected = expected_in(wanted, asked, kept, reader, terms)
    counted = in_windows(reader, terms.element, wanted.key, asked)
    judged = tuple(Judged(window, expected[window], counted.of[window].distinct) for window in asked)
    method = f"{said(wanted)}, {_counting(wanted.key)}, windows of {words(wanted.width)} after {words(wanted.lateness)}"
    newest = Counted(counted.of[last].rows, counted.of[last].distinct, counted.without_time)
    return Reading(
        clock,
        **_verdict(expected[last], newest, wanted, last),
        method=method[:200],
        window_start=last.start,
        window_end=last.end,
        windows=judged,
    )


def _whole(reader: Reader, terms: Terms, wanted: Expectation) -> Reading:
    expected = expected_whole(wanted, terms)
    clock, counted = rows_of(reader, wanted.key)
    method = f"{said(wanted)}, {_counting(wanted.key)}, the whole dataset"
    return Reading(when(clock), **_verdict(expected, counted, wanted, None), method=method[:200])


def _verdict(expected: int | None, came: Counted, wanted: Expectation, window: Window | None) -> dict[str, Any]:
    """The fields of a reading that follow from the two numbers."""
    counts = {"ingested": came.distinct, "rows": came.rows, "without a time": came.without_time}
    where = f" in the window from {window.start:%Y-%m-%d %H:%M} to {window.end:%H:%M} UTC" if window else ""
    if expected is None:
        return {"result": Result.INSUFFICIENT, "reason": _unknown(wanted, where), "counts": counts}
    counts = {"expected": expected} | counts
    found = share(expected, came.distinct)
    if found.value is None:
        reason = f"Nothing was expected{where} and nothing came."
        return {"result": Result.NO_DATA, "reason": reason, "total": 0, "counts": counts}
    odd = {"surplus": found.surplus, "unexpected": found.unexpected, "missing": found.total - found.good}
    counts |= {name: count for name, count in odd.items() if count}
    if came.rows > came.distinct:
        counts["repeated or without a key"] = came.rows - came.distinct
    return {
        "value": found.value, "good": found.good, "total": found.total,
        "counts": counts, "reason": _remark(counts, where),
    }  # fmt: skip


def _remark(counts: Mapping[str, int], where: str) -> str:
    if counts.get("unexpected"):
        return f"{counts['unexpected']} rows came{where} where none was expected; capped at 100 %."
    if counts.get("surplus"):
        return f"{counts['surplus']} more than expected{where}; capped at 100 %, look for duplicates."
    return f"{counts['missing']} of {counts['expected']} are missing{where}." if counts.get("missing") else ""


def _unknown(wanted: Expectation, where: str) -> str:
    return f"{said(wanted).capitalize()} gives no number to expect{where} yet."


def _key(wanted: Expectation, terms: Terms, columns: Mapping[str, str]) -> str:
    """The key that the contract names, else its only unique field; a key must be a column."""
    unique = terms.rules.unique if terms.rules else ()
    key = wanted.key or (unique[0] if len(unique) == 1 else "")
    if wanted.key and key not in columns:
        raise CannotMeasure(f"The dataset has no column “{key}”. Correct `key` of `expected:` in the contract.")
    return key if key in columns else ""


def _counting(key: str) -> str:
    return f"distinct {key}" if key else "rows"
