"""How many rows there should be, asked of each of the four places that may know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from portal.core.connectors.base import Reader

from ..domain.completeness import usual
from ..domain.durations import words
from ..domain.expectation import Control, Expectation, History, Schedule, Source
from ..domain.windows import Judged, Window
from .base import CannotMeasure, Terms
from .counting import in_windows, oldest_of, rows_of, total_of, totals_in_windows

WEEK = timedelta(weeks=1)
Kept = Mapping[Window, Judged]
Numbers = dict[Window, int | None]


def expected_in(wanted: Expectation, asked: Sequence[Window], kept: Kept, reader: Reader, terms: Terms) -> Numbers:
    """The expected number of each window; None where the place that should know has none yet.

    Raises CannotMeasure where a named dataset or column does not exist.
    """
    return _PLACES[type(wanted.expected)](wanted, asked, kept, reader, terms)


def expected_whole(wanted: Expectation, terms: Terms) -> int | None:
    """The expected number of a dataset that is compared as a whole."""
    place = wanted.expected
    assert isinstance(place, Source | Control)  # `whole` is read with no other
    with terms.other(place.asset) as other:
        if isinstance(place, Control):
            return total_of(other, _column(other, place))
        key = wanted.key if wanted.key in other.columns() else ""
        return rows_of(other, key)[1].distinct


def said(wanted: Expectation) -> str:
    """Where the expected number comes from, for people."""
    place = wanted.expected
    if isinstance(place, Source):
        return f"the count of {place.asset}"
    if isinstance(place, Schedule):
        return f"the schedule of {place.rows} rows every {words(place.per)}"
    if isinstance(place, Control):
        return f"the control total in {place.asset}"
    return f"the median of the same window in the past {place.weeks} weeks"


def _source(wanted: Expectation, asked: Sequence[Window], kept: Kept, reader: Reader, terms: Terms) -> Numbers:
    del kept, reader
    place = wanted.expected
    assert isinstance(place, Source)
    with terms.other(place.asset) as other:
        key = wanted.key if wanted.key in other.columns() else ""
        counted = in_windows(other, place.element or terms.element, key, asked)
    return {window: counted.of[window].distinct for window in asked}


def _schedule(wanted: Expectation, asked: Sequence[Window], kept: Kept, reader: Reader, terms: Terms) -> Numbers:
    del kept, reader, terms
    assert isinstance(wanted.expected, Schedule)
    return dict.fromkeys(asked, wanted.expected.in_window(wanted.width))


def _control(wanted: Expectation, asked: Sequence[Window], kept: Kept, reader: Reader, terms: Terms) -> Numbers:
    del kept, reader
    place = wanted.expected
    assert isinstance(place, Control)
    with terms.other(place.asset) as other:
        return totals_in_windows(other, place.element or terms.element, _column(other, place), asked)


def _history(wanted: Expectation, asked: Sequence[Window], kept: Kept, reader: Reader, terms: Terms) -> Numbers:
    """From the table itself by event time, and from what was counted at the time; the larger of the two.

    Rows may have been erased since, and late rows may have come. A window's number is settled when it is first
    judged, so old weeks are not scanned at every look.
    """
    assert isinstance(wanted.expected, History)
    known = {window: found.expected for window in asked if (found := kept.get(window)) is not None}
    new = [window for window in asked if known.get(window) is None]
    weeks = {window: [window.before(n * WEEK) for n in range(1, wanted.expected.weeks + 1)] for window in new}
    past = _past([each for before in weeks.values() for each in before], wanted, reader, terms)
    return known | {window: usual([past[each] for each in before]) for window, before in weeks.items()}


def _past(windows: list[Window], wanted: Expectation, reader: Reader, terms: Terms) -> Numbers:
    """What each earlier window held; None where neither the table nor a verdict goes back so far."""
    if not windows:
        return {}
    earlier, oldest = terms.judged(windows), oldest_of(reader, terms.element)
    counted = in_windows(reader, terms.element, wanted.key, windows).of
    in_table = {window: counted[window].distinct for window in windows if oldest is not None and oldest < window.end}
    at_the_time = {window: judged.ingested for window, judged in earlier.items()}
    return {
        window: max((counts[window] for counts in (in_table, at_the_time) if window in counts), default=None)
        for window in windows
    }


def _column(other: Reader, place: Control) -> str:
    if place.column not in other.columns():
        raise CannotMeasure(f"The control table has no column “{place.column}”. Correct `column` of `expected:`.")
    return place.column


_PLACES: dict[type, Callable[[Expectation, Sequence[Window], Kept, Reader, Terms], Numbers]] = {
    Source: _source,
    Schedule: _schedule,
    Control: _control,
    History: _history,
}
