"""PSI from counts: the table of the design at 200,000 rows a side, and what holds for every pair of distributions."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_app.domain.baseline import Baseline
from slo_app.domain.bins import FEW, PROBES, Categories, by_deciles, by_width
from slo_app.domain.psi import ENOUGH, FLOOR, HALF, HISTOGRAM, METHODS, compare
from tests.psi_cases import NORMAL, OTHER_NORMAL, SEEDED, TABLE, UNIFORM, N, moved, some_missing, with_one


def tally(bins, values):
    """Rows by stretch, as an engine finds them."""
    places = np.searchsorted(bins.cuts, values, side="right")
    places[np.isnan(values)] = -1
    return {int(place): int(rows) for place, rows in zip(*np.unique(places, return_counts=True), strict=True)}


def baseline_of(values, method=HALF):
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    if method == HISTOGRAM:
        bins = by_width(low, high)
    else:
        quantiles = [float(each) for each in np.quantile(finite, PROBES, method="inverted_cdf")]
        distinct = np.unique(finite)
        bins = by_deciles(quantiles, distinct.tolist() if len(distinct) <= FEW else (), low, high)
    return Baseline(bins, bins.counts(tally(bins, values)), method)


def drift(expected, actual, method=HALF):
    baseline = baseline_of(expected, method)
    return baseline.against(tally(baseline.bins, actual))


@pytest.mark.parametrize("case", TABLE)
def test_the_table_of_cases_has_its_right_answer(case):
    expected, actual, least, most = TABLE[case]
    seen = drift(expected, actual)
    assert least <= seen.comparison.value < most
    assert seen.comparison.enough
    assert seen.rows == N, "no row is dropped"


def test_rows_outside_the_range_and_without_a_value_are_told_apart():
    seen = drift(UNIFORM, some_missing(moved(0.3), 0.1))
    assert seen.nulls == 0.1 * N
    assert seen.outside == pytest.approx(0.2 * N, abs=5), "the first tenth of the moved rows is missing now"


@pytest.mark.parametrize("actual", [np.array([]), NORMAL[: ENOUGH - 1]])
def test_too_few_rows_of_now_are_no_verdict_and_a_number_all_the_same(actual):
    seen = drift(NORMAL, actual)
    assert not seen.comparison.enough
    assert math.isfinite(seen.comparison.value)


def test_too_few_rows_in_the_baseline_are_no_verdict():
    assert not drift(NORMAL[: ENOUGH - 1], OTHER_NORMAL).comparison.enough


def test_an_empty_baseline_is_a_mistake_and_not_an_index_of_zero():
    with pytest.raises(ValueError, match="holds no row"):
        Baseline(by_width(0, 1), (0,) * 13)
    with pytest.raises(ValueError, match="holds no row"):
        compare([0, 0], [5, 5])


def test_a_tied_value_has_a_bin_of_its_own_and_its_growth_is_seen():
    zeros = np.zeros(N)
    zeros[: N // 2] = np.abs(NORMAL[: N // 2]) + 1
    more = np.zeros(N)
    more[: N // 10] = np.abs(NORMAL[: N // 10]) + 1
    seen = drift(zeros, more)
    assert "= 0" in baseline_of(zeros).bins.labels
    assert seen.comparison.value > 0.7
    assert drift(zeros, SEEDED.permutation(zeros)).comparison.value < 0.001


def test_each_of_a_few_values_is_a_bin_and_an_unseen_one_is_any_other():
    expected = SEEDED.choice([0.0, 1.0, 2.0], size=N)
    baseline = baseline_of(expected)
    assert baseline.bins.labels == ("any other", "= 0", "= 1", "= 2", "no value")
    assert drift(expected, SEEDED.choice([0.0, 1.0, 2.5], size=N)).comparison.value > 3


def test_chance_alone_gives_what_the_formula_says():
    values = [drift(NORMAL, SEEDED.normal(size=1000)).comparison for _ in range(60)]
    assert np.mean([each.value for each in values]) == pytest.approx(values[0].by_chance, rel=0.3)


def test_the_programmes_histogram_is_blind_where_the_snippet_is():
    """The known wrong answers: rows out of the range vanish, one outlier in the baseline flattens everything."""
    assert drift(UNIFORM, moved(0.3), HISTOGRAM).comparison.value < 0.001
    assert drift(with_one(NORMAL, 1e6), OTHER_NORMAL + 1, HISTOGRAM).comparison.value < 0.001
    assert drift(NORMAL, OTHER_NORMAL + 0.5, HISTOGRAM).comparison.value == pytest.approx(0.241, abs=0.01)


def the_snippet(expected, actual, bins=10):
    """The programme's own function, as it stands in its text."""
    span = (np.min(expected), np.max(expected))
    expected_perc, _ = np.histogram(expected, bins=bins, range=span)
    actual_perc, _ = np.histogram(actual, bins=bins, range=span)
    expected_perc = expected_perc / np.sum(expected_perc)
    actual_perc = actual_perc / np.sum(actual_perc)
    expected_perc = np.where(expected_perc == 0, 1e-6, expected_perc)
    actual_perc = np.where(actual_perc == 0, 1e-6, actual_perc)
    return np.sum((expected_perc - actual_perc) * np.log(expected_perc / actual_perc))


@pytest.mark.parametrize("actual", [OTHER_NORMAL, OTHER_NORMAL + 0.5, 1.7 * OTHER_NORMAL, OTHER_NORMAL - 3])
def test_the_histogram_method_equals_the_programmes_snippet(actual):
    assert drift(NORMAL, actual, HISTOGRAM).comparison.value == pytest.approx(the_snippet(NORMAL, actual), rel=1e-9)


def evidently(expected, actual):
    """Evidently 0.7.23 for numbers, from its source: Sturges bins of both samples, empty bins floored."""
    edges = np.histogram_bin_edges(np.concatenate([expected, actual]), bins="sturges")
    shares = [np.histogram(each, edges)[0] / len(each) for each in (expected, actual)]
    for each in shares:
        smallest = each[each != 0].min()
        each[each == 0] = smallest / 10**6 if smallest <= 1e-4 else 1e-4
    return edges, float(np.sum((shares[0] - shares[1]) * np.log(shares[0] / shares[1])))


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0, 8.0])
def test_floored_shares_over_the_same_bins_equal_evidently(shift):
    edges, theirs = evidently(NORMAL, OTHER_NORMAL + shift)
    counts = [np.histogram(each, edges)[0].tolist() for each in (NORMAL, OTHER_NORMAL + shift)]
    assert compare(*counts, FLOOR).value == pytest.approx(theirs, rel=1e-9)


counts = st.lists(st.integers(0, 10**9), min_size=2, max_size=60)
pairs = counts.flatmap(
    lambda first: st.tuples(st.just(first), st.lists(st.integers(0, 10**9), min_size=len(first), max_size=len(first)))
).filter(lambda pair: sum(pair[0]) and sum(pair[1]))


@given(pairs, st.sampled_from(sorted(METHODS)))
def test_the_index_is_finite_symmetric_and_never_negative(pair, method):
    there, back = compare(*pair, method).value, compare(*reversed(pair), method).value
    assert math.isfinite(there)
    assert there >= 0
    assert there == pytest.approx(back, rel=1e-9, abs=1e-12)
    assert compare(pair[0], pair[0], method).value == 0


@given(pairs, st.randoms())
def test_the_order_of_the_bins_does_not_matter(pair, random):
    order = list(range(len(pair[0])))
    random.shuffle(order)
    shuffled = ([side[at] for at in order] for side in pair)
    assert compare(*shuffled).value == pytest.approx(compare(*pair).value, rel=1e-9, abs=1e-12)


anything = st.lists(st.floats(), min_size=1, max_size=80)


@given(anything, anything, st.randoms())
def test_any_floats_at_all_are_binned_without_loss_and_whatever_their_order(expected, actual, random):
    finite = sorted(each for each in expected if math.isfinite(each))
    if not finite:
        return
    quantiles = [finite[max(math.ceil(at * len(finite)) - 1, 0)] for at in PROBES]
    distinct = sorted(set(finite))
    bins = by_deciles(quantiles, distinct if len(distinct) <= FEW else (), finite[0], finite[-1])
    assert all(a < b for a, b in pairwise(bins.cuts))

    def count(values):
        found = {}
        for value in values:
            found[bins.stretch(value)] = found.get(bins.stretch(value), 0) + 1
        return found

    baseline = Baseline(bins, bins.counts(count(expected)))
    seen = baseline.against(count(actual))
    shuffled = random.sample(actual, len(actual))
    assert seen == baseline.against(count(shuffled))
    assert seen.rows == len(actual)
    assert math.isfinite(seen.comparison.value)
    assert Baseline.from_document(baseline.document()) == baseline
    outside = sum(each < finite[0] or each > finite[-1] for each in actual)
    assert seen.outside == outside


def test_categories_have_one_bin_for_every_other_and_one_for_null():
    bins = Categories(("card", "cash"))
    baseline = Baseline(bins, bins.counts({0: 700, 1: 290, 2: 0, -1: 10}))
    seen = baseline.against({0: 400, 1: 290, 2: 300, -1: 10})
    assert (seen.outside, seen.nulls, seen.rows) == (300, 10, 1000)
    assert seen.comparison.value > 1


@pytest.mark.parametrize("names", [(), ("a", "a"), tuple(str(n) for n in range(51))])
def test_categories_that_cannot_be_are_refused(names):
    with pytest.raises(ValueError, match="distinct"):
        Categories(names)


def test_a_document_of_another_release_is_refused():
    with pytest.raises(ValueError, match="can read"):
        Baseline.from_document({"baseline": 99})
