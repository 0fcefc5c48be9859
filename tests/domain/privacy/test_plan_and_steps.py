"""The order of a plan, what blocks it, and when a step is leased again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from privacy_app.domain.plan import Decision, Finding, Place, Target, blockers, in_order
from privacy_app.domain.steps import ATTEMPTS, StepState, after_failure, may_lease, wait_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

targets = st.builds(
    Target, st.sampled_from("abc"), st.text(max_size=3), st.sampled_from(Place), depth=st.integers(0, 5)
)


@given(st.lists(targets))
def test_suppression_is_first_copies_come_before_sources_and_the_portal_is_last(planned):
    places = [each.place for each in in_order(planned)]
    assert places == sorted(places)
    derived = [each.depth for each in in_order(planned) if each.place is Place.DERIVED]
    assert derived == sorted(derived, reverse=True)


def test_a_finding_blocks_until_it_is_planned_or_excluded_with_a_reason():
    found = Finding("features.profile", "downstream of raw.clicks")
    assert len(blockers([found])) == 1
    assert blockers([Finding("f", "why", Decision.EXCLUDED)])
    assert not blockers([Finding("f", "why", Decision.EXCLUDED, "holds only daily totals")])
    assert not blockers([Finding("f", "why", Decision.PLANNED)])


def test_a_step_is_leased_when_it_waits_or_its_retry_is_due_or_its_holder_died():
    past, future = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)
    assert may_lease(StepState.WAITING, NOW, lease_until=None, next_attempt=None)
    assert may_lease(StepState.RUNNING, NOW, lease_until=past, next_attempt=None)
    assert not may_lease(StepState.RUNNING, NOW, lease_until=future, next_attempt=None)
    assert may_lease(StepState.RETRY, NOW, lease_until=None, next_attempt=past)
    assert not may_lease(StepState.RETRY, NOW, lease_until=None, next_attempt=future)
    assert not may_lease(StepState.DONE, NOW, lease_until=None, next_attempt=None)


def test_waits_grow_and_after_sixteen_failures_the_step_gives_up_and_says_so():
    waits = [wait_after(n) for n in range(1, 12)]
    assert waits == sorted(waits)
    assert after_failure(1, NOW) == (StepState.RETRY, NOW + timedelta(seconds=10))
    assert after_failure(ATTEMPTS, NOW) == (StepState.GAVE_UP, None)
