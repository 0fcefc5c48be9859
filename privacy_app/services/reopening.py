"""A completed request that is open again: the subject was found, a person decides, and it is planned anew."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.models import Team
from portal.core.identity.policies import Act, require
from portal.core.oncall import services as oncall
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore
from privacy_app.domain.request import Action, State
from privacy_app.models import FormerProof, Plan, Recheck, Request
from privacy_app.services.lifecycle import RequestRefused, advance, locked, reason_digest, wanted

ACTOR = "privacy.recheck"
BODY = (
    "A check after a completed deletion found the subject in a system again: a restore, a replay or a pipeline "
    "brought the data back. Which request and which system it is, privacy officers see in their inbox. This message "
    "names nobody. It ends when somebody plans the deletion again, or closes the request with a reason."
)


@transaction.atomic
def found_again(request_id: int, *, why: str, datasets: int) -> Request:
    """The subject is back: reopen, put it in the ledger and page the privacy team, in one transaction."""
    request = locked(request_id)
    advance(request, Action.FOUND_AGAIN)
    request.save()
    payload: dict[str, str | int] = {"request": request.req_id, "why": why, "datasets": datasets}
    record(kinds.REOPENED, actor=system_actor(ACTOR), payload=payload)
    _page(request)
    return request


@transaction.atomic
def plan_again(*, user: Any, request_id: int) -> Request:
    """Go back to planning with the frozen scope; the proof that was given is kept as a former one.

    Raises RequestRefused where the request's key is destroyed: then nobody can plan, and the suppression list is
    replayed on the system instead.
    """
    require(user, Act.PLAN_DELETION)
    return replan(locked(request_id), actor_of(user))


def replan(request: Request, actor: Actor, *, paged: bool = False) -> Request:
    """The same for a locked request and whoever acts; `paged` leaves the page open, since no person has acted yet.

    `completed_at` stays until the next completion: the first answer was given then.
    """
    if not keystore.exists(request.key_name):
        raise RequestRefused(
            "The key of this request is destroyed, so it cannot be planned again. Replay the suppression list on the "
            "system that brought the subject back: Privacy, Restores."
        )
    advance(request, Action.PLAN_AGAIN)
    _keep_former(request)
    request.plans.filter(state=Plan.State.APPROVED).update(state=Plan.State.SUPERSEDED)
    Recheck.objects.filter(request=request, ran_at=None).delete()
    request.checked_at = request.checked_entry = request.completed_entry = None
    request.artifact_digest = request.pdf_digest = request.bundle_digest = request.trouble = ""
    request.closed_text = ""
    request.appeal_until = None
    request.save()
    record(kinds.REPLANNED, actor=actor, payload={"request": request.req_id})
    if not paged:
        end_page(request)
    return request


def _keep_former(request: Request) -> None:
    if request.artifact_digest and request.completed_at:
        FormerProof.objects.create(
            request=request,
            completed_at=request.completed_at,
            artifact_digest=request.artifact_digest,
            pdf_digest=request.pdf_digest,
            bundle_digest=request.bundle_digest,
            entry=request.completed_entry,
            replaced_at=now(),
        )


@transaction.atomic
def close_again(*, user: Any, request_id: int, reason: str) -> Request:
    """Leave the proof as it is: what was found is a new relationship, or was erased in another way. Needs a reason."""
    require(user, Act.PLAN_DELETION)
    request = locked(request_id)
    return close(request, actor_of(user), wanted(reason, "Closing a reopened request"))


def close(request: Request, actor: Actor, reason: str) -> Request:
    """The same for a locked request and whoever acts."""
    if State(request.state) is not State.REOPENED:
        raise RequestRefused(f"Only a reopened request can be closed again; this one is {request.state_words}.")
    advance(request, Action.CLOSE_AGAIN)
    request.closed_text = reason
    request.save()
    payload: dict[str, str | int] = {"request": request.req_id, "reason_digest": reason_digest(reason)}
    record(kinds.CLOSED_AGAIN, actor=actor, payload=payload)
    end_page(request)
    return request


def _page(request: Request) -> None:
    """Tell the privacy team, where the installation names one (CUSTODY_PRIVACY_TEAM)."""
    team = Team.objects.filter(slug=settings.PRIVACY_TEAM).first() if settings.PRIVACY_TEAM else None
    if team is None:
        return
    oncall.page(
        team=team,
        key=_key(request),
        summary="An erased subject is back in a system",
        body=BODY,
        severity="page",
        url=reverse("privacy:inbox"),
        details={"source": "custody/privacy", "class": "Resurrection"},
        at=now(),
    )


def end_page(request: Request) -> None:
    """Resolve the page of this request; nothing happens where there is none."""
    oncall.resolve(key=_key(request), at=now(), text="The reopened request is being dealt with.")


def _key(request: Request) -> str:
    return f"privacy:found-again:{request.pk}"
