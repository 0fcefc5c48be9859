"""Waiting for the subject: pauses with a reason and an end. They leave the net clock and move no deadline."""

from datetime import datetime
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.notices import Notice
from privacy_app.domain.request import Action, State
from privacy_app.models import Pause, Request
from privacy_app.services.lifecycle import RequestRefused, advance, locked, reason_digest, wanted
from privacy_app.services.notices import tell
from privacy_app.services.waking import wake_resolution


@transaction.atomic
def pause(*, user: Any, request_id: int, reason: str, until: datetime, question: str = "") -> Request:
    """Stop the net clock until `until` at the latest; the deadlines stay where they are.

    `question` is what the subject is asked, by a letter. Raises RequestRefused without a reason, and where the pause
    would end in the past or after the law's deadline.
    """
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    request_until = _checked_end(request, until)
    before = request.state
    advance(request, Action.PAUSE)
    request.paused_from = before
    said = wanted(reason, "A pause")
    request.pauses.create(started_at=now(), reason=said, until=request_until)
    request.save()
    _note(request, actor_of(user), said)
    if question.strip():
        tell(request, Notice.QUESTION, {"question": question.strip(), "until": f"{request_until:%Y-%m-%d}"})
    return request


def _checked_end(request: Request, until: datetime) -> datetime:
    if until <= now():
        raise RequestRefused("A pause must end in the future.")
    due = request.statutory(now()).due
    if until > due:
        raise RequestRefused(
            f"A pause cannot outlast the law's deadline ({due:%Y-%m-%d}). End it earlier, or extend the deadline first."
        )
    return until


@transaction.atomic
def resume(*, user: Any, request_id: int) -> Request:
    """Go on where the pause began."""
    require(user, Act.READ_REQUESTS)
    return _resume(locked(request_id), actor_of(user), "resumed")


def resume_due(at: datetime) -> int:
    """Resume every request whose pause has reached its end; returns how many."""
    over = Pause.objects.filter(ended_at=None, until__lte=at, cause=Pause.Cause.STAFF)
    return sum(_resume_over(pk, at) for pk in over.values_list("request_id", flat=True))


@transaction.atomic
def _resume_over(request_id: int, at: datetime) -> bool:
    request = locked(request_id)
    still = request.pauses.filter(ended_at=None, until__lte=at, cause=Pause.Cause.STAFF).exists()
    if State(request.state) is not State.PAUSED or not still:
        return False
    _resume(request, system_actor("privacy.pauses"), "the end of the pause was reached")
    return True


def _resume(request: Request, actor: Actor, why: str) -> Request:
    advance(request, Action.RESUME)
    request.paused_from = ""
    waits = request.pauses.filter(ended_at=None, cause=Pause.Cause.STAFF)
    began = waits.values_list("started_at", flat=True).first()
    if began and request.verify_until and not request.verified_at:
        request.verify_until += now() - began  # the subject could not act while we had stopped
        request.pauses.filter(ended_at=None, cause=Pause.Cause.IDENTITY).update(until=request.verify_until)
    waits.update(ended_at=now())
    request.save()
    _note(request, actor, why)
    wake_resolution()
    return request


def _note(request: Request, actor: Actor, reason: str) -> None:
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "state": request.state_words,
        "reason_digest": reason_digest(reason),
    }
    record(kinds.PAUSED, actor=actor, payload=payload)
