"""The climb: each step is one transaction with its messages, so that a worker killed in it leaves nothing half told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from portal.core.identity.models import User
from portal.core.identity.roles import Role

from .. import evidence_kinds
from ..domain.escalation import Place, climb
from ..models import Page, Severity
from ..selectors.duty import Recipient, recipients
from ..selectors.rosters import Roster, roster
from .telling import send

ACTOR = system_actor("oncall.escalation")


def escalate_due(at: datetime, limit: int = 200) -> int:
    """Take the next step of every page that is due; returns how many. Each is its own transaction."""
    done = 0
    while done < limit and _escalate_one(at):
        done += 1
    return done


@transaction.atomic
def _escalate_one(at: datetime) -> bool:
    due = Page.objects.filter(resolved_at=None, acknowledged_at=None, next_step_at__lte=at)
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("team")
    page = locked.order_by("next_step_at").first()
    if page is None:
        return False
    step(page, at)
    return True


def step(page: Page, at: datetime) -> None:
    """Climb once: tell the next level that has somebody, note what was skipped, and set when to climb on.

    The caller holds the row's lock. Where every level is empty, the team's owners and the administrators are told so.
    """
    known = roster(page.team, at)
    told = [recipients(known, level, at) for level in known.levels]
    occupied = [bool(each) for each in told]
    move = climb(Place(page.round, page.level), [level.wait for level in known.levels], occupied, known.repeats)
    for number in move.skipped:
        page.note(at, "skipped", f"Level {number} ({known.levels[number - 1].label}) is empty; skipped at once.")
    climbs = page.severity == Severity.PAGE
    page.round, page.level = move.place.round, move.place.level
    page.next_step_at = at + move.wait if move.wait and climbs else None
    if move.told:
        _tell(page, known, told[page.level - 1], at)
    elif not any(occupied):
        _nobody(page, at)
    else:
        page.note(at, "exhausted", f"Nobody acknowledged it in {page.round} rounds; nobody is told again.")
    page.save(update_fields=["round", "level", "next_step_at", "unreached_at"])


def _tell(page: Page, known: Roster, to: list[Recipient], at: datetime) -> None:
    level = known.levels[page.level - 1]
    page.unreached_at = None
    text = ""
    if (page.round, page.level) != (1, 1):
        again = f", round {page.round}" if page.round > 1 else ""
        text = f"You are told as level {page.level} ({level.label}){again}: nobody has acknowledged it so far."
    send(page, to, "trigger", text, at, f"{page.round}.{page.level}")
    if page.next_step_at:
        minutes = int((page.next_step_at - at) / timedelta(minutes=1))
        page.note(at, "waits", f"Level {page.level} has {minutes} min to acknowledge.")


def _nobody(page: Page, at: datetime) -> None:
    """Every level is empty: that is a finding, and the team's owners and the administrators hear of it at once."""
    page.note(at, "nobody", f"Nobody was told: every level of {page.team} is empty.")
    if page.unreached_at is not None:
        return
    page.unreached_at = at
    payload: dict[str, str | int] = {"page": page.number, "team": page.team.slug}
    record(evidence_kinds.UNREACHED, actor=ACTOR, payload=payload, team_id=page.team_id)
    owners = User.objects.filter(memberships__team=page.team, memberships__role=Role.OWNER, is_active=True)
    administrators = User.objects.filter(memberships__role=Role.ADMINISTRATOR, is_active=True)
    people = dict.fromkeys([*owners, *administrators])
    text = f"Every level of the escalation of {page.team} is empty, so this page reached nobody. Fill a level."
    send(page, [Recipient("email", each.email, each) for each in people], "trigger", text, at, f"{page.round}.nobody")
