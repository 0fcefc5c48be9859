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
from privacy_app.domain.status_words import Because
from privacy_app.models import Request
from privacy_app.services import appeal, receipts
from privacy_app.services.notices import remedies_of, tell


class RequestRefused(ValueError):
    """Something cannot be done to this request now; the sentence says why and what to do next."""


def locked(request_id: int) -> Request:
    """The request's row, locked until the transaction ends: two people cannot move it at once."""
    return Request.objects.select_for_update().get(pk=request_id)


def advance(request: Request, action: Action) -> None:
    """Move a locked request; raises TransitionRefused with a sentence. The caller saves it and records the evidence.

    Whoever asked for a status callback is told of every new state, in this transaction.
    """
    facts = Facts(
        paused_from=State(request.paused_from) if request.paused_from else None,
        destructive_step_begun=request.destructive_from is not None,
    )
    before = State(request.state)
    request.state = move(before, action, facts)
    if request.state == before:
        return
    request.changes, request.changed_at = request.changes + 1, now()
    if request.pk:
        receipts.call_back(request)


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
    """Refuse the request on a legal basis, with the text that the subject is told, and where they can complain."""
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    request.closed_basis = wanted(basis, "Refusing a request")
    request.closed_text = wanted(text, "Refusing a request")
    end(request, Action.DENY, Because.DENIED, actor_of(user))
    values = {"basis": request.closed_basis, "reason": request.closed_text, "remedies": remedies_of(request)}
    tell(request, Notice.DENIED, values)
    return request


@transaction.atomic
def cancel(*, actor: Actor, request_id: int, reason: str, because: Because = Because.CANCELLED) -> Request:
    """Cancel the request; refused after the first destructive step."""
    request = locked(request_id)
    request.closed_text = wanted(reason, "Cancelling a request")
    end(request, Action.CANCEL, because, actor)
    tell(request, Notice.CANCELLED, {})
    return request


def end(request: Request, action: Action, because: Because, actor: Actor) -> None:
    """End a locked request without a deletion: its waits stop, its appeal window opens, and the ledger says why."""
    request.closed_at, request.closed_because = now(), because
    advance(request, action)
    request.appeal_until = (now() + appeal.WINDOW).date()
    request.pauses.filter(ended_at=None).update(ended_at=now())
    request.codes.filter(used_at=None).update(expires_at=now())
    request.code_due, request.paused_from = False, ""
    request.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "state": f"duplicate of {request.duplicate_of.req_id}" if request.duplicate_of else request.state_words,
        "reason_digest": reason_digest(request.closed_text),
    }
    record(kinds.CLOSED, actor=actor, payload=payload)
