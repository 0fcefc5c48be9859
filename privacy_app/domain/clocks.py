"""The clocks of a request: our own 72 hours and the statutory ones, gross and net of pauses.

Sources: GDPR Art. 12(3) (one month from receipt, two more with a notice inside the first); Regulation 1182/71
Art. 3 for "month" (the same date in the next month, or its last day); CCPA regulations section 7021
(acknowledge in 10 business days, answer in 45 days, 45 more on notice). All clocks start at receipt, not at
verification. Pure: `now` is given.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SLO = timedelta(hours=72)
ALERT_AT = timedelta(hours=48)
CCPA_ANSWER = timedelta(days=45)
CCPA_ACKNOWLEDGE_BUSINESS_DAYS = 10


VERIFY_WITHIN = timedelta(days=14)
REMIND_BEFORE = timedelta(days=7)


class Law(StrEnum):
    GDPR = "gdpr"
    CCPA = "ccpa"


@dataclass(frozen=True)
class Pause:
    """A time in which we waited for the subject; `end` None while it lasts."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """One deadline and how far it has run; `gross` counts every hour, `net` leaves the pauses out."""

    due: datetime
    gross: timedelta
    net: timedelta

    def left(self, now: datetime) -> timedelta:
        """Time until the deadline; negative when it has passed."""
        return self.due - now


def add_months(start: datetime, months: int) -> datetime:
    """The same date and time `months` later, or the last day of that month.

    >>> add_months(datetime(2027, 1, 31, 9), 1)
    datetime.datetime(2027, 2, 28, 9, 0)
    """
    index = start.month - 1 + months
    year, month = start.year + index // 12, index % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))


def add_business_days(start: datetime, days: int) -> datetime:
    """`days` working days (Monday to Friday) after `start`; public holidays are not known here."""
    moment = start
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < 5
    return moment


def statutory_due(received_at: datetime, law: Law, *, extended: bool = False) -> datetime:
    """When the law wants the answer; `extended` once the subject was told of it in time."""
    if law is Law.CCPA:
        return received_at + CCPA_ANSWER * (2 if extended else 1)
    return add_months(received_at, 3 if extended else 1)


class ExtensionRefused(ValueError):
    """The law does not allow this extension; the sentence says why."""


def extended_due(received_at: datetime, now: datetime, law: Law, *, extended: bool = False) -> datetime:
    """The later deadline, where the subject is told of it now: once, and inside the first period.

    Raises ExtensionRefused after a first extension, and when the first period is over (GDPR Art. 12(3), CCPA
    regulations section 7021(b)).

    >>> extended_due(datetime(2027, 1, 31), datetime(2027, 2, 28), Law.GDPR)
    datetime.datetime(2027, 4, 30, 0, 0)
    """
    if extended:
        raise ExtensionRefused("The deadline was extended before, and the law allows that once.")
    first = statutory_due(received_at, law)
    if now > first:
        raise ExtensionRefused(
            f"The first period ended on {first:%Y-%m-%d}. The subject had to be told before its end."
        )
    return statutory_due(received_at, law, extended=True)


def alert_at(gross: timedelta, *, waits_for_subject: bool) -> str:
    """How a request's age is told to whoever is on call: "page" from 48 hours on, "ticket" while it waits, else "".

    >>> alert_at(timedelta(hours=48), waits_for_subject=False), alert_at(timedelta(hours=47), waits_for_subject=False)
    ('page', '')
    """
    if gross < ALERT_AT:
        return ""
    return "ticket" if waits_for_subject else "page"


def acknowledge_due(received_at: datetime, law: Law) -> datetime:
    """When the receipt must be acknowledged: CCPA says ten business days, GDPR "without undue delay"."""
    if law is Law.CCPA:
        return add_business_days(received_at, CCPA_ACKNOWLEDGE_BUSINESS_DAYS)
    return received_at + SLO


def paused_for(pauses: Iterable[Pause], start: datetime, now: datetime) -> timedelta:
    """Length of the pauses between `start` and `now`; overlapping pauses count once."""
    total, reached = timedelta(0), start
    for pause in sorted(pauses, key=lambda each: each.start):
        begin = max(pause.start, reached)
        end = min(pause.end or now, now)
        if end > begin:
            total, reached = total + (end - begin), end
    return total


def slo_clock(received_at: datetime, now: datetime, pauses: Iterable[Pause] = ()) -> Clock:
    """The 72 hours from receipt; a pause is shown in `net` and never moves the deadline."""
    return _clock(received_at + SLO, received_at, now, pauses)


def statutory_clock(
    received_at: datetime, now: datetime, law: Law, pauses: Iterable[Pause] = (), *, extended: bool = False
) -> Clock:
    """The clock of the law from receipt."""
    return _clock(statutory_due(received_at, law, extended=extended), received_at, now, pauses)


def _clock(due: datetime, start: datetime, now: datetime, pauses: Iterable[Pause]) -> Clock:
    gross = now - start
    return Clock(due=due, gross=gross, net=gross - paused_for(pauses, start, now))
