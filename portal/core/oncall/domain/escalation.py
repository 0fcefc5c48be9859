"""How a page climbs a ladder of levels: up after each wait, an empty level skipped at once, repeats capped.

The cap of five repeats is Grafana OnCall's (MAX_TIMES_REPEAT); skipping an empty level at once is what GoAlert's users
asked for (target/goalert #4548).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

MOST_REPEATS = 5
RETRY_EMPTY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the ladder a page stands: the round (from 1) and the level (from 1; 0 is below the first)."""

    round: int = 1
    level: int = 0


@dataclass(frozen=True, slots=True)
class Climb:
    """One move: the place to stand at, whether somebody is told there, what was skipped, and when to move again.

    `told` is False where every level is empty; `wait` is None where the page has climbed for the last time.
    """

    place: Place
    told: bool
    skipped: tuple[int, ...]
    wait: timedelta | None


def climb(place: Place, waits: Sequence[timedelta], occupied: Sequence[bool], repeats: int) -> Climb:
    """The next move from `place`, on a ladder of `len(waits)` levels of which `occupied` have somebody now.

    >>> m = timedelta(minutes=1)
    >>> climb(Place(), [5 * m, 10 * m], [False, True], repeats=0)
    Climb(place=Place(round=1, level=2), told=True, skipped=(1,), wait=datetime.timedelta(seconds=600))
    >>> climb(Place(1, 2), [5 * m, 10 * m], [False, True], repeats=0).wait is None
    True
    """
    allowed = min(repeats, MOST_REPEATS) + 1
    if not any(occupied):
        return Climb(Place(place.round + 1), False, (), RETRY_EMPTY if place.round < allowed else None)
    skipped: list[int] = []
    turn, level = place.round, place.level
    while True:
        level += 1
        if level > len(waits):
            turn, level = turn + 1, 1
        if turn > allowed:
            return Climb(place, False, tuple(skipped), None)
        if occupied[level - 1]:
            return Climb(Place(turn, level), True, tuple(skipped), waits[level - 1])
        skipped.append(level)
