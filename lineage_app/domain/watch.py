"""The watch over runs: which expected run did not come, which run never ended, which job keeps failing.

A missing run is a dead man's switch: what is expected is a COMPLETE, and its absence is told after a grace. Nothing is
held against a job for a time in which nobody listened (`Gap`): a run of that time may have been told to nobody.
Source of the states: openlineage.io/docs/spec/run-cycle; of streaming jobs, the facet jobType.processingType.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

EARLY = timedelta(hours=1)
"""A run that completes so long before its hour is the run of that hour."""
LEAST_GRACE = timedelta(minutes=15)
LEAST_INTERVALS = 5
STEADY = 0.25
"""Intervals count as a rhythm where half of them lie within this share of their median."""
DAY = timedelta(days=1)
ROUND = tuple(timedelta(minutes=m) for m in (5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440, 10080))
NEVER_ENDING = frozenset({"STREAMING", "SERVICE"})


class FindingKind(StrEnum):
    """What the watch finds."""

    MISSING = "missing"
    STUCK = "stuck"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a run is expected: every so long, or daily at an hour of a zone; and how late it may be."""

    every: timedelta | None = None
    at: time | None = None
    zone: str = "UTC"
    grace: timedelta = LEAST_GRACE


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which the watch did not run, so that events of it may be lost."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """When the next run is wanted, and by when it must have completed."""

    wanted: datetime
    due: datetime


def next_period(schedule: Schedule, last: datetime) -> Period:
    """The period after a run that completed at `last`; ValueError for a schedule that says neither how often nor when.

    >>> from datetime import UTC
    >>> next_period(Schedule(every=timedelta(hours=1)), datetime(2026, 3, 1, 10, tzinfo=UTC)).due.isoformat()
    '2026-03-01T11:15:00+00:00'
    >>> berlin = Schedule(at=time(6), zone="Europe/Berlin")
    >>> next_period(berlin, datetime(2026, 3, 1, 4, 30, tzinfo=UTC)).wanted.isoformat()
    '2026-03-02T05:00:00+00:00'
    """
    if schedule.every:
        wanted = last + schedule.every
    elif schedule.at:
        wanted = _next_at(schedule.at, ZoneInfo(schedule.zone), last + EARLY)
    else:
        raise ValueError("A schedule says every how long, or at which time of the day.")
    return Period(wanted, wanted + schedule.grace)


def _next_at(at: time, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment after `after` at which clocks of the zone show `at`; one that they skip comes an hour on."""
    day = after.astimezone(zone).date()
    for days in range(3):
        moment = datetime.combine(day + timedelta(days=days), at, tzinfo=zone).astimezone(after.tzinfo)
        if moment > after:
            return moment
    raise AssertionError("every zone shows every time of the day within three days")


def period_due(schedule: Schedule, last: datetime, gaps: Sequence[Gap] = ()) -> Period:
    """The period that counts after `last`: one that a gap touches is let go, since its run may be lost."""
    period = next_period(schedule, last)
    for gap in sorted(gaps, key=lambda each: each.since):
        if gap.since < period.due and gap.until > period.wanted:
            heard = gap.until - EARLY if schedule.at else gap.until
            period = next_period(schedule, max(heard, last))
    return period


def is_missing(period: Period, until: datetime) -> bool:
    """Whether the run is missing when everything up to `until` is known."""
    return period.due < until


def is_stuck(last_event: datetime, allowed: timedelta, until: datetime, gaps: Sequence[Gap] = ()) -> bool:
    """Whether a run without an end has been silent for longer than allowed; the silence counts from the last gap."""
    heard = max((gap.until for gap in gaps if gap.until <= until), default=last_event)
    return until - max(last_event, heard) > allowed


def never_ends(processing_type: object) -> bool:
    """Whether a job runs on by design.

    >>> never_ends("streaming"), never_ends("BATCH"), never_ends(None)
    (True, False, False)
    """
    return str(processing_type).upper() in NEVER_ENDING


def failures_in_a_row(states: Sequence[str]) -> int:
    """How many of the finished runs, newest first, failed since the last that completed; aborted ones are left out.

    >>> failures_in_a_row(["FAIL", "ABORT", "FAIL", "COMPLETE", "FAIL"])
    2
    """
    count = 0
    for state in states:
        if state == "COMPLETE":
            break
        count += state == "FAIL"
    return count


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was seen of a job's runs, as a schedule to accept: median interval, and from how many."""

    schedule: Schedule
    median: timedelta
    intervals: int


def rhythm(moments: Sequence[datetime]) -> Rhythm | None:
    """The rhythm of a job by when its runs completed, or by their nominal times; None where there is none to see.

    The median of the intervals, rounded to what people would say where it is near, five minutes at least; a daily job
    gets its hour (UTC).
    The grace is what half of the intervals strayed, four times, at least a quarter of an hour.
    """
    ordered = sorted(set(moments))
    intervals = [later - sooner for sooner, later in pairwise(ordered)]
    if len(intervals) < LEAST_INTERVALS:
        return None
    middle = _median(intervals)
    strayed = _median([abs(each - middle) for each in intervals])
    if not middle or strayed > middle * STEADY:
        return None
    every = next((each for each in ROUND if abs(each - middle) <= each * 0.1), max(ROUND[0], _whole_minutes(middle)))
    grace = _whole_minutes(max(LEAST_GRACE, min(4 * strayed, every)))
    if every == DAY:
        return Rhythm(Schedule(at=_usual_time(ordered), grace=grace), middle, len(intervals))
    return Rhythm(Schedule(every=every, grace=grace), middle, len(intervals))


def _usual_time(moments: Sequence[datetime]) -> time:
    """The median time of the day in UTC, counted from the first one's so that midnight is no border."""
    first = moments[0]
    offsets = [((moment - first + DAY / 2) % DAY) - DAY / 2 for moment in moments]
    usual = first + _median(offsets)
    return time(usual.hour, usual.minute)


def _median(lengths: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(length.total_seconds() for length in lengths))


def _whole_minutes(length: timedelta) -> timedelta:
    return timedelta(minutes=max(1, -(-length // timedelta(minutes=1))))
