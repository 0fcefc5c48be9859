"""Closing a day: the checklist as it stands, a person's word over it, and which request was a dummy's."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role
from portal.pages.scoreboard.evidence_kinds import DAY_SIGNED_OFF, DUMMY_NAMED
from portal.pages.scoreboard.models import DummyRun, SignOff
from portal.pages.scoreboard.points import Done, Point
from portal.pages.scoreboard.registry import check_points
from portal.pages.scoreboard.selectors import latest_day
from privacy_app.selectors.punctuality import proof_of


class CloseRefused(ValueError):
    """The day cannot be closed, or the request not be named; the sentence says why."""


def checklist(at: datetime) -> list[Point]:
    """Every point as it stands now."""
    day = latest_day()
    day = day if day is not None and not day.example else None
    return [each.look(day, at).named(each.key, each.title) for each in check_points()]


@transaction.atomic
def sign_off(*, user: Any, key: uuid.UUID, note: str) -> SignOff:
    """Close the present day in one's own name, with the checklist as it stands now; the ledger keeps its digest.

    The same key closes once. Raises PermissionDenied for all but the head of data, CloseRefused where the day is closed
    already, or a point is open and nothing says why.
    """
    require(user, Act.SIGN_ACCOUNTABLE)
    again = SignOff.objects.filter(key=key).first()
    if again is not None:
        return again
    at, note = now(), note.strip()
    points = [point.as_dict() for point in checklist(at)]
    still_open = sum(point["done"] != Done.DONE for point in points)
    _check(at, still_open, note)
    payload: dict[str, str | int] = {
        "day": at.date().isoformat(),
        "points": len(points),
        "open": still_open,
        "points_digest": digest(canonical_bytes(points)),
        "note_digest": digest(note.encode()),
    }
    entry = record(DAY_SIGNED_OFF, actor=actor_of(user, Role.HEAD_OF_DATA), payload=payload)
    return SignOff.objects.create(day=at.date(), key=key, user=user, at=at, points=points, note=note, entry=entry)


@transaction.atomic
def name_dummy(*, user: Any, req_id: str) -> DummyRun:
    """Say of a request that its subject is a dummy; the same request is named once.

    Raises PermissionDenied for all but privacy officers, CloseRefused where there is no such request.
    """
    require(user, Act.READ_REQUESTS)
    wanted = req_id.strip().upper()
    if proof_of(wanted) is None:
        raise CloseRefused(f"There is no request {wanted or 'without a reference'}. The inbox has its reference.")
    known = DummyRun.objects.filter(req_id=wanted).first()
    if known is not None:
        return known
    entry = record(DUMMY_NAMED, actor=actor_of(user, Role.PRIVACY_OFFICER), payload={"request": wanted})
    return DummyRun.objects.create(req_id=wanted, named_by=user, named_at=now(), entry=entry)


def _check(at: datetime, still_open: int, note: str) -> None:
    closed = SignOff.objects.select_for_update().filter(day=at.date()).select_related("user").first()
    if closed is not None:
        raise CloseRefused(f"{closed.day} was closed by {closed.user.name} already. The next day can be closed on it.")
    if still_open and not note:
        number = f"{still_open} point{'' if still_open == 1 else 's'}"
        raise CloseRefused(f"{number} not done: say why the day is closed all the same.")
