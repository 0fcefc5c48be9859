"""How far a deletion is and, where that can be said honestly, how long it still takes. Pure."""

from collections.abc import Sequence
from datetime import timedelta

FEWEST = 2
"""Steps that have ended before anything is said about the others."""


def time_left(ended: Sequence[timedelta], going: int, *, stuck: int) -> timedelta | None:
    """About how long `going` steps take when they go as those that ended; None where nobody can say.

    `stuck` steps wait for a retry, a purge window or a person: with one of them any figure would be a guess. The
    median is taken, so that one large table does not speak for all.

    >>> time_left([timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=90)], 3, stuck=0)
    datetime.timedelta(seconds=12)
    >>> time_left([timedelta(seconds=2)], 3, stuck=0) is None
    True
    """
    if stuck or not going or len(ended) < FEWEST:
        return None
    in_order = sorted(ended)
    return in_order[len(in_order) // 2] * going
