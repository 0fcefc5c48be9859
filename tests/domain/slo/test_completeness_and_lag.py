"""Properties of completeness, of windows and of lag, whatever the numbers."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_app.domain.completeness import share, usual
from slo_app.domain.expectation import ExpectationError, Schedule, Source, read, written_in
from slo_app.domain.lag import Backlog, Side, backlog, lag
from slo_app.domain.windows import LOOK_BACK, Judged, Window, changeable, newest, to_judge

TIMES = st.integers(600_000_000, 3_800_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
WIDTHS = st.sampled_from([timedelta(minutes=5), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)])
ROWS = st.integers(0, 10**12)
ZERO = timedelta(0)


@given(ROWS, ROWS)
def test_a_share_is_capped_and_every_row_is_accounted_for(expected, ingested):
    found = share(expected, ingested)
    assert (found.value is None) == (expected == 0 == ingested)
    assert found.value is None or 0 <= found.value <= 100
    assert found.good <= found.total
    assert found.good + found.surplus == ingested
    assert bool(found.unexpected) == (expected == 0 and ingested > 0)


@given(ROWS.filter(bool), ROWS)
def test_a_share_of_one_hundred_means_that_nothing_is_missing(expected, ingested):
    assert (share(expected, ingested).value == 100) == (ingested >= expected)


@given(st.lists(st.none() | ROWS, max_size=12))
def test_history_lies_among_what_was_seen_and_needs_two_weeks(weeks):
    known = [each for each in weeks if each is not None]
    found = usual(weeks)
    assert (found is None) == (len(known) < 2)
    assert found is None or found in known


@given(TIMES, WIDTHS, st.timedeltas(ZERO, timedelta(days=3)))
def test_the_newest_window_is_past_its_allowance_and_the_next_is_not(clock, width, lateness):
    last = newest(clock, width, lateness)
    assert last.end + lateness <= clock < last.end + width + lateness
    assert last.end - last.start == width


@given(TIMES, WIDTHS, st.sets(st.integers(0, LOOK_BACK - 1)))
def test_windows_to_judge_leave_no_hole_and_nothing_before_the_first(clock, width, ages):
    last = newest(clock, width, ZERO)
    kept = {last.before(n * width): Judged(last.before(n * width), 1, 1) for n in ages}
    asked = to_judge(last, kept)
    assert asked[-1] == last
    assert len(asked) == max(ages, default=0) + 1
    assert all(one.end == two.start for one, two in pairwise(asked))
    assert set(asked) <= set(changeable(last))


@given(TIMES, TIMES, TIMES, TIMES)
def test_a_lag_is_never_negative_and_either_lag_or_skew(clock, oldest, newest_row, vector):
    source = Side(2, oldest=min(oldest, newest_row), newest=max(oldest, newest_row))
    found = lag(source, Side(1, newest=vector), clock)
    assert found.lag >= ZERO
    assert found.lag == ZERO or found.skew == ZERO
    assert lag(source, Side(0), clock).lag >= ZERO
    assert lag(Side(0), Side(1, newest=vector), clock) is None


@given(st.dictionaries(st.text("ab", max_size=3), TIMES), st.dictionaries(st.text("ab", max_size=3), TIMES))
def test_what_waits_is_what_has_no_vector_as_new_as_itself(created, vectorized):
    found = backlog(created, vectorized, whole=True)
    waiting = {key: at for key, at in created.items() if key not in vectorized or vectorized[key] < at}
    assert found == Backlog(len(waiting), min(waiting.values(), default=None), len(created))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (500, Schedule(500, timedelta(hours=1))),
        ("1_000 rows every 15 min", Schedule(1000, timedelta(minutes=15))),
        ("24000/day", Schedule(24_000, timedelta(days=1))),
        ("postgres://estate/estate.app.orders", Source("postgres://estate/estate.app.orders")),
        ({"source": "orders", "element": "placed_at"}, Source("orders", "placed_at")),
    ],
)
def test_short_and_long_forms(written, expected):
    assert read(written).expected == expected


@pytest.mark.parametrize(
    ("written", "window", "sentence"),
    [
        ({"rows": 10, "per": "1h"}, timedelta(minutes=90), "whole multiple"),
        ({"rows": -1}, None, "whole number"),
        ({"rows": 10, "per": "0"}, None, "cannot be 0"),
        ({"history": 1}, None, "from 2 to 12"),
        ({"control": "c"}, None, "needs `column`"),
        ({"history": 4, "whole": True}, None, "compares with a source or a control total"),
        ({"source": 7}, None, "is a name"),
        (True, None, "is empty"),
        ({"rows": 1, "per": "soon"}, None, "is a duration"),
    ],
)
def test_what_cannot_be_read_is_said(written, window, sentence):
    with pytest.raises(ExpectationError, match=sentence):
        read(written, window)


def test_a_contract_and_a_form_say_the_same():
    contract, form = {"expected": {"source": "a", "key": "id"}}, {"source": "a", "key": "id", "rows": None, "per": ""}
    assert read(written_in(contract)) == read(written_in(form))
    assert written_in({}) is None


def test_a_window_sorts_by_its_start():
    hour = timedelta(hours=1)
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert Window(noon - hour, noon) < Window(noon, noon + hour)
