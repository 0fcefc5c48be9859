"""What on call adds to the work list: open pages of one's teams, one's own shift, and holes to fill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse

from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.clock.services import now
from portal.core.identity.models import Team, User
from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role

from .models import Page
from .selectors.boards import Wrong, wrong_with
from .selectors.pages import open_pages
from .selectors.rotations import rosters_of, shifts_in

SOON = timedelta(days=7)
HANDLERS = (Role.OWNER, Role.ON_CALL)


@worklist(order=8)
def open_pages_of_mine(user: User) -> Iterator[WorkItem]:
    """Open pages of the person's teams that no other room lists, and, for administrators, those that reached nobody."""
    if not may(user, Act.HANDLE_INCIDENT) and not may(user, Act.ADMINISTER):
        return
    teams = [team for role, team in user.grants() if role in HANDLERS and team]
    own = open_pages(user, teams).filter(elsewhere=False)
    lost = open_pages(user).exclude(unreached_at=None) if may(user, Act.ADMINISTER) else Page.objects.none()
    for page in {each.pk: each for each in (*own, *lost)}.values():
        yield _item(page)


@worklist(order=60)
def my_shifts(user: User) -> Iterator[WorkItem]:
    """The person's own shifts of the coming week, and, for owners, what is wrong with their team's rotations."""
    if not any(role in HANDLERS for role, _ in user.grants()):
        return
    present = now()
    known = rosters_of(user, present)
    owned = {team for role, team in user.grants() if role is Role.OWNER}
    for roster in known:
        if roster.team.pk in owned:
            yield from (_wrong(roster.team, each, present) for each in wrong_with(roster, present))
    for shift in shifts_in(known, user, present, present + SOON):
        on = shift.start <= present
        yield WorkItem(
            group="Due soon",
            text=f"On call: {shift.rotation}",
            url=reverse("oncall:mine"),
            when=shift.end if on else shift.start,
            state_word="On call now" if on else "Your shift",
            state_kind="info" if on else "wait",
        )


def _wrong(team: Team, wrong: Wrong, at: datetime) -> WorkItem:
    return WorkItem(
        group="To fix",
        text=f"On call of {team}: {wrong.sentence}",
        url=reverse("oncall:team", args=[team.slug]),
        when=wrong.start or at,
        state_word=wrong.word,
        state_kind="bad" if wrong.word == "Nobody" else "warn",
    )


def _item(page: Page) -> WorkItem:
    lost = page.unreached_at is not None
    return WorkItem(
        group="To fix",
        text=f"{page.number}: {page.summary}" + (f" ({page.team} could not be reached)" if lost else ""),
        url=page.get_absolute_url(),
        when=page.opened_at,
        state_word="Reached nobody" if lost else "Acknowledged" if page.acknowledged_at else "Open",
        state_kind="warn" if page.acknowledged_at and not lost else "bad",
    )
