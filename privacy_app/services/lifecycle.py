"""Moving a request along its table of transitions, and ending it before anything was erased."""

from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.notices import Notice
from privacy_app.domain.request import Action, Facts, State, move
from privacy_app.models import Request
from privacy_app.services import appeal
from privacy_app.services.notices import tell


class RequestRefused(ValueError):
    """Something cannot be done to this request now; the sentence says why and what to do next."""


def locked(request_id: int) -> Request:
    """The request's row, locked until the transaction ends: two people cannot move it at once."""
    return Request.objects.select_for_update().get(pk=request_id)


def advance(request: Request, action: Action) -> None:
    """Move a locked request; raises TransitionRefused with a sentence. The caller records the evidence."""
    facts = Facts(
        paused_from=State(request.paused_from) if request.paused_from else None,
        destructive_step_begun=request.destructive_from is not None,
    )
    request.state = move(State(request.state), action, facts)


def reason_digest(reason: str) -> str:
    """Reasons may name people, so the ledger holds their digest and the table their text."""
    return digest(reason.encode())


def wanted(reason: str, what: str) -> str:
    """A reason without blanks; raises RequestRefused where there is none."""
    if not reason.strip():
        raise RequestRefused(f"{what} needs a reason: it becomes part of the evidence.")
    return reason.strip()


@transaction.atomic
def deny(*, user: Any, request_id: int, basis: str, text: str) -> Request:
    """Refuse the request on a legal basis, with the text that the subject is told."""
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    advance(request, Action.DENY)
    request.closed_basis = wanted(basis, "Refusing a request")
    request.closed_text = wanted(text, "Refusing a request")
    _close(request, actor_of(user), request.closed_text)
    tell(request, Notice.DENIED, {"basis": request.closed_basis, "reason": request.closed_text})
    return request


@transaction.atomic
def cancel(*, actor: Actor, request_id: int, reason: str) -> Request:
    """Cancel the request; refused after the first destructive step."""
    request = locked(request_id)
    advance(request, Action.CANCEL)
    request.closed_text = wanted(reason, "Cancelling a request")
    _close(request, actor, request.closed_text)
    tell(request, Notice.CANCELLED, {})
    return request


def _close(request: Request, actor: Actor, reason: str) -> None:
    request.appeal_until = (now() + appeal.WINDOW).date()
    request.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "state": request.state_words,
        "reason_digest": reason_digest(reason),
    }
    record(kinds.CLOSED, actor=actor, payload=payload)


@transaction.atomic
def pause(*, user: Any, request_id: int, reason: str) -> Request:
    """Stop the net clock while we wait for the subject; the deadlines stay where they are."""
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    before = request.state
    advance(request, Action.PAUSE)
    request.paused_from = before
    request.pauses.create(started_at=now(), reason=wanted(reason, "A pause"))
    _note_clock(request, user, reason)
    return request


@transaction.atomic
def resume(*, user: Any, request_id: int) -> Request:
    """Go on where the pause began."""
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    advance(request, Action.RESUME)
    request.paused_from = ""
    request.pauses.filter(ended_at=None).update(ended_at=now())
    _note_clock(request, user, "resumed")
    return request


def _note_clock(request: Request, user: Any, reason: str) -> None:
    request.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "state": request.state_words,
        "reason_digest": reason_digest(reason),
    }
    record(kinds.PAUSED, actor=actor_of(user), payload=payload)
