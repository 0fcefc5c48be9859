"""What was known when: at any time of receipt the held edges are those that the events received until then prove."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_app.domain.edges import EdgeState, own_and_foreign
from lineage_app.domain.knowing import EdgeKey, held_edges
from lineage_app.domain.names import Name
from lineage_app.domain.runs import Received, accumulate
from tests.domain.lineage.test_graph import event, events

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STREAMING = {"jobType": {"processingType": "STREAMING"}}


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def received(item: Received, minute: int) -> Received:
    return item._replace(received_at=at(minute))


def key(src: str, dst: str, state: EdgeState = EdgeState.SEEN) -> EdgeKey:
    return EdgeKey(Name("demo", src), Name("demo", dst), Name("demo", "load"), state, False)


def proved(sent: list[Received]) -> set[EdgeKey]:
    """What these events prove, said the plain way."""
    if not sent:
        return set()
    job = accumulate([item for item in sent if not item.foreign] or sent).job
    own, extra = own_and_foreign(sent)
    return {
        EdgeKey(src, dst, job, derived.state, foreign)
        for derived, foreign in ((own, False), (extra, True))
        if derived and derived.state
        for src, dst in derived.edges
    }


@given(events, st.lists(st.integers(0, 5), min_size=12, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_what_is_held_at_a_receipt_time_is_what_the_events_until_then_prove(
    sent: list[Received], minutes: list[int], chance: object
) -> None:
    timed = {item.digest: received(item, minute) for item, minute in zip(sent, minutes, strict=False)}
    for subject in {item.event.subject for item in timed.values()}:
        own = [item for item in timed.values() if item.event.subject == subject]
        shuffled = own[:]
        chance.shuffle(shuffled)  # type: ignore[attr-defined]
        rows = held_edges(shuffled)
        assert sorted(map(str, rows)) == sorted(map(str, held_edges(own)))
        for minute in range(6):
            until = [item for item in own if item.received_at <= at(minute)]
            held = {
                row.key
                for row in rows
                if row.known_from <= at(minute) and (not row.known_to or row.known_to > at(minute))
            }
            assert held == proved(until)


def test_a_failure_that_completes_after_all_is_kept_as_history() -> None:
    rows = held_edges([received(event("FAIL", 0), 1), received(event("COMPLETE", 1), 2)])
    assert {(row.key, row.known_from, row.known_to) for row in rows} == {
        (key("a", "b", EdgeState.FAILED), at(1), at(2)),
        (key("a", "b"), at(2), None),
    }


def test_a_stream_proves_its_edge_from_its_first_running_event_until_its_last() -> None:
    sent = [received(event("RUNNING", minute, job_facets=STREAMING), minute) for minute in (3, 1, 2)]
    (row,) = held_edges(sent)
    assert (row.known_from, row.known_to) == (at(1), None)
    assert (row.proof.first_at.minute, row.proof.seen_at.minute) == (1, 3)
