"""Coverage as a rule: what covers a hop, what does not, and what the best way to it is."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from lineage_app.domain.coverage import (
    MOST_EDGES,
    WINDOW,
    Fact,
    Facts,
    HopState,
    Judged,
    Share,
    declared_hops,
    judge,
    without_flow,
)

AT = datetime(2026, 3, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def judged(*edges: Fact, sources: tuple[int, ...] = (1,), targets: tuple[int, ...] = (2,)) -> Judged:
    facts = Facts()
    facts.add(edges)
    return judge(sources, targets, facts, AT)


def test_a_completed_run_within_seven_days_covers_and_one_of_exactly_seven_days_ago_does_not() -> None:
    assert judged(Fact(1, 2, seen=AT)).state == HopState.COVERED
    assert judged(Fact(1, 2, seen=AT - WINDOW + HOUR)).covered
    stale = judged(Fact(1, 2, seen=AT - WINDOW, job=7))
    assert (stale.state, stale.seen, stale.since, stale.job) == (HopState.STALE, AT - WINDOW, AT, 7)


def test_a_run_after_the_moment_that_is_asked_about_covers_nothing() -> None:
    assert not judged(Fact(1, 2, seen=AT + HOUR)).covered


def test_declared_and_foreign_and_failed_edges_do_not_cover() -> None:
    assert judged(Fact(1, 2, declared=AT)).state == HopState.DECLARED
    assert judged(Fact(1, 2, foreign=AT, declared=AT)).state == HopState.FOREIGN
    assert judged(Fact(1, 2, failed=AT, job=3)) == Judged(HopState.FAILED, failed=AT, job=3)
    assert judged().state == HopState.NEVER


def test_a_failure_after_the_last_proof_is_told_and_the_proof_counts_as_long_as_it_is_fresh() -> None:
    shaky = judged(Fact(1, 2, seen=AT - DAY, failed=AT - HOUR))
    assert (shaky.state, shaky.covered, shaky.failed) == (HopState.SHAKY, True, AT - HOUR)
    assert judged(Fact(1, 2, seen=AT - DAY, failed=AT - 2 * DAY)).state == HopState.COVERED
    assert judged(Fact(1, 2, seen=AT - 9 * DAY, failed=AT - HOUR)).state == HopState.FAILED


def test_a_hop_may_lead_over_datasets_that_nobody_declared_and_is_as_fresh_as_its_weakest_edge() -> None:
    fresh = judged(Fact(1, 5, seen=AT - HOUR), Fact(5, 2, seen=AT - DAY, job=4))
    assert (fresh.state, fresh.seen, fresh.way, fresh.job) == (HopState.COVERED, AT - DAY, (1, 5, 2), 4)
    old = judged(Fact(1, 5, seen=AT - HOUR), Fact(5, 2, seen=AT - 8 * DAY))
    assert (old.state, old.seen) == (HopState.STALE, AT - 8 * DAY)
    assert judged(Fact(1, 5, seen=AT), Fact(5, 2, declared=AT)).state == HopState.NEVER
    assert judged(Fact(2, 1, seen=AT)).state == HopState.NEVER


def test_a_stale_edge_does_not_hide_a_fresh_way_around_it() -> None:
    found = judged(Fact(1, 2, seen=AT - 30 * DAY), Fact(1, 5, seen=AT), Fact(5, 2, seen=AT))
    assert found.state == HopState.COVERED
    assert found.way == (1, 5, 2)


def test_a_way_of_more_than_four_edges_is_too_far_to_call_a_hop() -> None:
    chain = [Fact(node, node + 1, seen=AT) for node in range(10, 10 + MOST_EDGES)]
    assert judged(*chain, sources=(10,), targets=(10 + MOST_EDGES,)).covered
    longer = [*chain, Fact(10 + MOST_EDGES, 11 + MOST_EDGES, seen=AT)]
    assert not judged(*longer, sources=(10,), targets=(11 + MOST_EDGES,)).covered


def test_an_asset_without_a_dataset_is_told_apart_from_one_that_no_run_named() -> None:
    assert judged(sources=()).state == HopState.UNKNOWN
    assert judged(targets=()).state == HopState.UNKNOWN


def test_any_of_the_datasets_of_an_asset_covers() -> None:
    assert judged(Fact(3, 4, seen=AT), sources=(1, 3), targets=(2, 4)).covered


def test_only_flows_with_a_tier_1_asset_count_and_a_hop_that_two_flows_share_counts_once() -> None:
    assert declared_hops({1: [1, 2, 3], 2: [9, 2, 3], 3: [4, 5]}, {3}) == {(1, 2): (1,), (2, 3): (1, 2), (9, 2): (2,)}
    assert declared_hops({1: [1, 2]}, set()) == {}


def test_a_tier_1_product_that_only_starts_a_flow_or_stands_in_none_is_a_missing_hop() -> None:
    assert without_flow([3, 4, 5], {1: [1, 3], 2: [4, 1]}) == [4, 5]


def test_the_share_is_rounded_down_and_nothing_declared_is_no_share() -> None:
    assert Share(9999, 10000).percent == "99.9"
    assert Share(0, 0).percent == ""
    assert not Share(0, 0).reaches(95)
    assert Share(19, 20).reaches(95)
    assert not Share(18, 20).reaches(95)


edges = st.lists(
    st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(0, 240)).filter(lambda edge: edge[0] != edge[1]),
    max_size=14,
    unique_by=lambda edge: edge[:2],
)


@given(edges)
def test_the_best_way_is_the_one_that_trying_every_way_finds(rows: list[tuple[int, int, int]]) -> None:
    facts = {(src, dst): Fact(src, dst, seen=AT - timedelta(hours=hours)) for src, dst, hours in rows}
    ways = ((1, *between, 2) for count in range(MOST_EDGES) for between in permutations((3, 4, 5, 6, 7), count))
    walkable = [
        [facts[pair].seen for pair in pairwise(way)] for way in ways if all(pair in facts for pair in pairwise(way))
    ]
    best = max((min(times) for times in walkable), default=None)

    found = judged(*facts.values())

    assert found.covered == (best is not None and best > AT - WINDOW)
    if not found.covered:
        assert found.seen == best


@given(edges, st.integers(0, 240))
def test_another_proof_never_takes_coverage_away(rows: list[tuple[int, int, int]], hours: int) -> None:
    facts = [Fact(src, dst, seen=AT - timedelta(hours=h)) for src, dst, h in rows]
    before = judged(*facts)
    after = judged(*facts, Fact(1, 2, seen=AT - timedelta(hours=hours))) if not before.covered else before
    assert before.covered <= after.covered
