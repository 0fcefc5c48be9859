"""How an SLO stood at a past moment, from what is still kept of it: looks, else the tally of that hour or day.

Only a verdict of that time is green: what was not looked at, or looked at too long before, has a word of its own. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .standing import OF_RESULT, Last, Standing

LOOK, HOUR, DAY, NOTHING = "the look before", "the tally of that hour", "the tally of that day", "nothing was kept"


@dataclass(frozen=True, slots=True)
class Counted:
    """A tally of an hour or a day: looks, those without a verdict, and bad of total slices or rows."""

    grain: str
    looks: int
    undecided: int
    bad: int
    total: int


@dataclass(frozen=True, slots=True)
class Stood:
    """A word with its kind of state, what it rests on, and more words where a tally counts."""

    word: str
    kind: str
    basis: str
    detail: str = ""


def stood(
    at: datetime,
    *,
    created_at: datetime,
    stale_after: timedelta,
    last: Last | None,
    tally: Counted | None,
    raw_since: datetime,
    firing: bool | None = None,
) -> Stood:
    """The state at `at`. `firing` is True for an open incident, False for one that was acknowledged.

    `raw_since`: looks before it are no longer kept, so that tallies answer.

    >>> from datetime import UTC
    >>> noon, hour = datetime(2026, 3, 1, 12, tzinfo=UTC), timedelta(hours=1)
    >>> stood(noon, created_at=noon - hour, stale_after=hour, last=None, tally=None, raw_since=noon - hour).word
    'Not probed'
    >>> stood(noon, created_at=noon + hour, stale_after=hour, last=None, tally=None, raw_since=noon).word
    'Did not exist yet'
    """
    if created_at > at:
        return Stood("Did not exist yet", "off", NOTHING)
    if firing is not None:
        word = Standing.FIRING if firing else Standing.ACKNOWLEDGED
        return Stood(word.word, word.kind, "an incident open then")
    if last is not None and at - last.at <= stale_after:
        where = OF_RESULT[last.result]
        return Stood(where.word, where.kind, LOOK)
    if at < raw_since and tally is not None and tally.looks:
        return _of_tally(tally)
    where = Standing.STALE if last is not None and at >= raw_since else Standing.NOT_PROBED
    return Stood(where.word, where.kind, LOOK if where is Standing.STALE else NOTHING)


def _of_tally(tally: Counted) -> Stood:
    basis = HOUR if tally.grain == "h" else DAY
    if tally.bad > 0:
        where, detail = Standing.OFF_TARGET, f"{tally.bad} of {tally.total} bad"
    elif tally.total > 0:
        where, detail = Standing.ON_TARGET, f"all {tally.total} good"
        if tally.undecided:
            where, detail = Standing.INSUFFICIENT, f"{tally.undecided} of {tally.looks} looks without a verdict"
    else:
        where, detail = Standing.NO_DATA, f"{tally.looks} looks without a verdict"
    return Stood(where.word, where.kind, basis, detail)
