"""The word for an SLO is never green by accident, and a chart never joins what was not measured."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_app.domain.alert import Phase
from slo_app.domain.chart import HEIGHT, WIDTH, Dot, draw
from slo_app.domain.measurement import Result
from slo_app.domain.standing import Last, Standing, standing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def word(phase=Phase.OK, result=None, age=0, **override):
    last = None if result is None else Last(NOON - age * MINUTE, result)
    facts = {"installed": True, "enabled": True, "phase": phase, "last": last} | override
    return standing(**facts, stale_after=2 * MINUTE, now=NOON)


@given(
    st.sampled_from(list(Phase)),
    st.one_of(st.none(), st.sampled_from(list(Result))),
    st.integers(0, 9),
    st.booleans(),
    st.booleans(),
)
def test_green_is_only_what_was_measured_lately_and_met_its_target(phase, result, age, installed, enabled):
    green = word(phase, result, age, installed=installed, enabled=enabled).kind == "ok"
    quiet = phase in (Phase.OK, Phase.RESOLVED)
    assert green == (result is Result.OK and age <= 2 and quiet and installed and enabled)


@pytest.mark.parametrize(
    ("expected", "facts"),
    [
        (Standing.NOT_PROBED, {}),
        (Standing.STALE, {"result": Result.OK, "age": 3}),
        (Standing.FIRING, {"phase": Phase.FIRING, "result": Result.OK, "age": 60}),
        (Standing.ACKNOWLEDGED, {"phase": Phase.ACKNOWLEDGED, "result": Result.BREACH}),
        (Standing.PROBE_FAILED, {"result": Result.PROBE_ERROR}),
        (Standing.PROBE_FAILED, {"phase": Phase.NO_DATA, "result": Result.PROBE_ERROR}),
        (Standing.NO_DATA, {"phase": Phase.NO_DATA}),
        (Standing.PENDING, {"phase": Phase.PENDING, "result": Result.BREACH}),
        (Standing.OFF_TARGET, {"result": Result.BREACH}),
        (Standing.NOT_INSTALLED, {"installed": False}),
        (Standing.INCOMPLETE, {"complete": False, "phase": Phase.FIRING}),
        (Standing.DISABLED, {"enabled": False}),
    ],
)
def test_each_word(expected, facts):
    assert word(**facts) is expected


def dots(*values, breach=()):
    return [Dot(NOON + n * MINUTE, value, n in breach) for n, value in enumerate(values)]


def test_fewer_than_two_moments_make_no_chart():
    assert draw([], 15, 20, 60) is None
    assert draw(dots(3), 15, 20, 60) is None


def test_larger_is_higher_and_both_lines_are_inside():
    chart = draw(dots(5, 30, 10), 15, 20, 60)
    assert len(chart.lines) == 1
    first, second, _ = [float(point.split(",")[1]) for point in chart.lines[0].split()]
    assert second < first
    assert 0 <= chart.alert_y < chart.target_y <= HEIGHT


def test_a_hole_or_a_missing_value_breaks_the_line():
    late = Dot(NOON + 30 * MINUTE, 4.0, breach=False)
    chart = draw([*dots(1, 2, None, 3, 4), late], 15, 20, 60)
    assert (len(chart.lines), len(chart.dots)) == (2, 1)


def test_breaches_next_to_each_other_are_one_span_and_stay_on_the_chart():
    chart = draw(dots(1, 30, 30, 1, 30, breach={1, 2, 4}), 15, 20, 60)
    assert len(chart.breaches) == 2
    assert all(span.x + span.width <= WIDTH for span in chart.breaches)


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=2, max_size=30))
def test_every_mark_lies_on_the_chart(values):
    chart = draw(dots(*values), 15, 20, 60)
    points = [point.split(",") for line in chart.lines for point in line.split()]
    points += [(x, y) for x, y in chart.dots]
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in points)
