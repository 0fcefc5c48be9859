"""The climb: in order, empty levels at once, capped, and it always ends."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.core.oncall.domain.escalation import MOST_REPEATS, RETRY_EMPTY, Climb, Place, climb

MINUTE = timedelta(minutes=1)


def climbed(waits, occupied, repeats):
    """Every move from the first to the last."""
    place, moves = Place(), []
    while True:
        moves.append(climb(place, waits, occupied, repeats))
        if moves[-1].wait is None:
            return moves
        place = moves[-1].place


def test_each_level_is_told_in_order_and_waits_its_own_time():
    moves = climbed([5 * MINUTE, 10 * MINUTE], [True, True], repeats=0)
    assert moves[:2] == [
        Climb(Place(1, 1), True, (), 5 * MINUTE),
        Climb(Place(1, 2), True, (), 10 * MINUTE),
    ]
    assert (moves[2].told, moves[2].wait) == (False, None)


def test_an_empty_level_costs_no_time():
    assert climb(Place(), [MINUTE, 2 * MINUTE, 3 * MINUTE], [False, False, True], 0) == Climb(
        Place(1, 3), True, (1, 2), 3 * MINUTE
    )


def test_where_every_level_is_empty_it_looks_again_and_stops_after_the_repeats():
    moves = climbed([MINUTE], [False], repeats=2)
    assert [(move.told, move.wait) for move in moves] == [(False, RETRY_EMPTY), (False, RETRY_EMPTY), (False, None)]


@given(st.lists(st.booleans(), max_size=6), st.integers(0, 50))
def test_the_climb_ends_and_nobody_is_told_more_often_than_the_cap(occupied, repeats):
    waits = [MINUTE] * len(occupied)
    moves = climbed(waits, occupied, repeats)
    told = [move.place.level for move in moves if move.told]
    rounds = min(repeats, MOST_REPEATS) + 1
    assert told == [n for n, there in enumerate(occupied, 1) if there] * (rounds if any(occupied) else 0)
