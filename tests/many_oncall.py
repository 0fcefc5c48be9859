"""Rows of the on-call pages for tests of many rows: rotations, shifts taken over, pages with their messages."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from portal.core.catalog.models import TeamAddress
from portal.core.identity.models import Membership, Team, User
from portal.core.notify.models import Message
from portal.core.oncall.models import Absence, Override, Page, PageStep, Plan, Rotation, Turn

if TYPE_CHECKING:
    from tests.many_rows import Ground


def oncall(ground: Ground, numbers: range) -> None:
    """For each number a team with a rotation, and in the ground's own team a rotation, an override and a page."""
    for n in numbers:
        person = User.objects.create(email=f"oncall-{n}@example.org", name=f"Oncall {n}")
        team = Team.objects.create(slug=f"oncall-{n}", name=f"Oncall team {n}")
        for each in (team, ground.team):
            Membership.objects.create(user=person, team=each, role="on_call")
            _rotation(ground, each, person, n)
            _page(ground, each, person, n)
        TeamAddress.objects.create(team=ground.team, text=f"https://hooks.example/{n}", kind="webhook")
        span = {"starts_at": ground.at, "ends_at": ground.at + timedelta(days=1 + n % 5)}
        made = {"author": ground.owner, "created_at": ground.at}
        Absence.objects.create(person=ground.owner, **span, **made)


def _rotation(ground: Ground, team: Team, person: User, n: int) -> None:
    made = Rotation.objects.create(team=team, name=f"Line {n}", created_at=ground.at)
    for day in (5, 12):
        plan = Plan.objects.create(
            rotation=made, starts_on=date(2026, 1, day), hand_off=time(9), time_zone="Europe/Berlin", period="week",
            author=ground.owner, created_at=ground.at,
        )  # fmt: skip
        Turn.objects.create(plan=plan, position=0, person=person)
        Turn.objects.create(plan=plan, position=1, person=ground.owner)
    Override.objects.create(
        rotation=made, person=person, starts_at=ground.at, ends_at=ground.at + timedelta(hours=n + 1),
        author=ground.owner, created_at=ground.at,
    )  # fmt: skip


def _page(ground: Ground, team: Team, person: User, n: int) -> None:
    first = Page.objects.filter(team=ground.team).order_by("pk").first()
    page = Page.objects.create(
        team=team, key=f"{team.slug}:{n}", summary=f"Something {n}", severity="page", opened_at=ground.at,
        acknowledged_at=ground.at, acknowledged_by=person,
    )  # fmt: skip
    for each in {page, first or page}:
        key = f"many:{each.pk}:{team.slug}:{n}"
        Message.objects.create(channel="email", dedup_key=key, created_at=ground.at, next_attempt_at=ground.at)
        PageStep.objects.create(
            page=each, at=ground.at, what="told", text="Told.", person=person, channel="email", message_key=key
        )
