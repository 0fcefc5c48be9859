"""Which run's writing a reading saw: the rule for datasets whose version the event does not say.

A run that started at T read what was there at T: the writing of the latest run COMPLETED at or before T, or of a
stream that was writing at T. What completed later, failed, or came from a foreign token fed nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Writing(NamedTuple):
    """A run that wrote a dataset: when it began and ended, and the version that it said to have made."""

    run: int
    subject: UUID
    status: str
    streaming: bool
    began: datetime
    ended: datetime | None
    version: str

    @property
    def completed(self) -> bool:
        """Whether it is over and said COMPLETE."""
        return self.status == "COMPLETE" and self.ended is not None

    def flows_at(self, at: datetime) -> bool:
        """Whether it is a stream that wrote at that time."""
        return self.streaming and self.status in {"RUNNING", "COMPLETE"} and self.began <= at <= (self.ended or at)


class Choice(NamedTuple):
    """The writing that a reading saw, and how that is known."""

    writing: Writing | None
    how: str


SAID, STREAM, LATEST, SOURCE = "said by the event", "stream writing then", "latest completed before", "no producer seen"


def choose(writings: Iterable[Writing], *, at: datetime, version: str = "") -> Choice:
    """Return which of `writings` a run that started `at` saw; with `version`, the one that made that version.

    >>> choose([], at=datetime(2026, 3, 1))
    Choice(writing=None, how='no producer seen')
    """
    known = list(writings)
    if version:
        made = [one for one in known if one.version == version and (one.completed or one.flows_at(one.began))]
        before = [one for one in made if _moment(one) <= at]
        return Choice(max(before or made, key=_order, default=None), SAID)
    flowing = [one for one in known if one.flows_at(at)]
    if flowing:
        return Choice(max(flowing, key=lambda one: (one.began, one.subject)), STREAM)
    done = [one for one in known if one.completed and _moment(one) <= at]
    latest = max(done, key=_order, default=None)
    return Choice(latest, LATEST if latest else SOURCE)


def _moment(one: Writing) -> datetime:
    return one.ended or one.began


def _order(one: Writing) -> tuple[datetime, UUID]:
    return _moment(one), one.subject
