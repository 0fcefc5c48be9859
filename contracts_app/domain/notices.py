"""What is told of a contract to those who depend on it: a subject and sentences, from facts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST_CHANGES = 10


class News(StrEnum):
    """What happened, or is about to."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    OBJECTED = "objected"
    OVERRULED = "overruled"
    ACTIVATED = "activated"
    DEPRECATED = "deprecated"
    ENDING = "ending"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"
    NOTICE_ENDS = "notice ends"
    DEPRECATION_ENDS = "deprecation ends"
    REMOVAL_COMES = "removal comes"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice says; `at` is the date that matters to its reader, `changes` are sentences."""

    contract: str
    version: str
    url: str
    changes: Sequence[str] = ()
    at: datetime | None = None
    who: str = ""
    reason: str = ""
    successor: str = ""
    days: float = 0
    what: str = ""


def subject(news: News, facts: Facts) -> str:
    """One line: the contract, the version, and what is new.

    >>> subject(News.RETIRED, Facts("orders_v1", "1.0.0", ""))
    'orders_v1 1.0.0 is retired'
    """
    said = {
        News.PROPOSED: "is proposed",
        News.SCHEDULED: "comes into force" + (f" on {facts.at:%d %b %Y}" if facts.at else ""),
        News.OBJECTED: f"has an objection by {facts.who}",
        News.OVERRULED: f"goes on: the objection of {facts.who} was overruled",
        News.ACTIVATED: "is in force",
        News.DEPRECATED: "is deprecated" + (f" until {facts.at:%d %b %Y}" if facts.at else ""),
        News.ENDING: f"ends without a successor on {_day(facts)}",
        News.RETIRED: "is retired",
        News.WITHDRAWN: "is withdrawn",
        News.NOTICE_ENDS: f"comes into force soon: its notice ends on {_day(facts)}",
        News.DEPRECATION_ENDS: f"ends soon: it is retired on {_day(facts)}",
        News.REMOVAL_COMES: f"will lose {facts.what}: its removal date is {_day(facts)}",
    }[news]
    return f"{facts.contract} {facts.version} {said}"


def body(news: News, facts: Facts, *, why: str) -> str:
    """The sentences, what changes, where to read and answer, and why this reader is told."""
    lines = [*_sentences(news, facts), ""]
    if facts.changes:
        lines += ["What changes:", *(f"- {one}" for one in facts.changes[:MOST_CHANGES])]
        more = len(facts.changes) - MOST_CHANGES
        lines += [f"- and {more} more changes, on the page", ""] if more > 0 else [""]
    return "\n".join([*lines, facts.url, "", why])


def _sentences(news: News, facts: Facts) -> list[str]:
    name = f"{facts.contract} {facts.version}"
    at = f"{facts.at:%d %b %Y, %H:%M UTC}" if facts.at else "a date that is not fixed yet"
    notice = f"Its notice will be {facts.days:g} days, from the last signature on."
    return {
        News.PROPOSED: [f"{facts.who} proposed {name}.", notice if facts.days else "This change needs no notice."],
        News.SCHEDULED: [
            f"{name} has every signature. It comes into force on {at}.",
            "Consumers accept or object until then; silence counts as notified.",
        ],
        News.OBJECTED: [
            f"{facts.who} objects to {name}: {facts.reason}",
            "The version stays back until this is settled.",
        ],
        News.OVERRULED: [f"The objection of {facts.who} to {name} was overruled: {facts.reason}"],
        News.ACTIVATED: [f"{name} is in force since {at}."],
        News.DEPRECATED: [f"{name} is deprecated. {facts.successor} takes its place; it is retired on {at}."],
        News.ENDING: [
            f"{name} is retired on {at}, and no version follows: {facts.reason}",
            "Stop reading the data before then. Where every consumer accepts, it ends sooner.",
        ],
        News.RETIRED: [f"{name} is retired. Its successor: {facts.successor or 'none'}."],
        News.WITHDRAWN: [f"{name} is withdrawn and will not come into force: {facts.reason}"],
        News.NOTICE_ENDS: [f"The notice of {name} ends on {at}.", "This is the time to accept or to object."],
        News.DEPRECATION_ENDS: [f"{name} is retired on {at}. Move to {facts.successor} before then."],
        News.REMOVAL_COMES: [
            f"The field {facts.what} of {name} may be removed from {at} on. Stop reading it before then."
        ],
    }[news]


def _day(facts: Facts) -> str:
    return f"{facts.at:%d %b %Y}" if facts.at else "a date not fixed yet"
