"""Pages: which are open, and whom each has told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from portal.core.identity.models import User
from portal.core.identity.policies import Act, require
from portal.core.notify.selectors import deliveries

from ..models import Page, PageStep


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a page: when, to whom (never the address), by which channel, and what came of it."""

    at: datetime
    level: int
    who: str
    channel: str
    state: str
    delivered_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a page for another room's timeline; `state` is that of its message, empty where it is none."""

    at: datetime
    what: str
    text: str
    state: str
    delivered_at: datetime | None
    error: str


TOLD_ELSEWHERE = ("opened", "acknowledged", "resolved", "changed")


def story(key: str) -> list[Line]:
    """Whom the pages of that key told, skipped and waited for, oldest first, each message with what came of it.

    What the room that sent the page has on its own timeline (opened, acknowledged, resolved) is left out.
    """
    steps = list(PageStep.objects.filter(page__key=key).exclude(what__in=TOLD_ELSEWHERE))
    sent = deliveries([step.message_key for step in steps if step.message_key])
    gone = ("cleared", None, "")
    return [
        Line(step.at, step.what, step.text, *(sent.get(step.message_key, gone) if step.message_key else ("", None, "")))
        for step in steps
    ]


def told(key: str) -> list[Told]:
    """Every message that went out about the pages of that key, oldest first."""
    return _told_in(PageStep.objects.filter(page__key=key))


def told_of(page: Page) -> list[Told]:
    """Every message that went out about one page, oldest first."""
    return _told_in(PageStep.objects.filter(page=page))


def page_for(reader: User, pk: int) -> Page | None:
    """One page, for who may read."""
    require(reader, Act.READ)
    return Page.objects.select_related("team", "acknowledged_by").filter(pk=pk).first()


def _told_in(found: QuerySet[PageStep]) -> list[Told]:
    steps = list(found.exclude(message_key="").select_related("person"))
    sent = deliveries([step.message_key for step in steps])
    return [_told(step, sent) for step in steps]


def open_pages(reader: User, teams: Collection[int] | None = None) -> QuerySet[Page]:
    """Pages that are not resolved, newest first; of some teams, or of all."""
    require(reader, Act.READ)
    found = Page.objects.filter(resolved_at=None).select_related("team", "acknowledged_by")
    return found if teams is None else found.filter(team__in=teams)


def _told(step: PageStep, sent: dict[str, tuple[str, datetime | None, str]]) -> Told:
    state, delivered_at, error = sent.get(step.message_key, ("cleared", None, ""))
    who = step.person.name if step.person else "the team's address"
    return Told(step.at, step.level, who, step.channel, state, delivered_at, error)
