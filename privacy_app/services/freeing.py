"""Opening a completed request again: what a hold had kept can be erased once the hold is over."""

from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.request import Action
from privacy_app.domain.verdict import Verdict
from privacy_app.models import Plan, Request
from privacy_app.services import reopening
from privacy_app.services.lifecycle import RequestRefused, advance, locked, reason_digest, wanted


@transaction.atomic
def erase_kept(*, user: Any, request_id: int, reason: str) -> Request:
    """Back to planning, for a new plan that another person approves; the earlier proof is kept as a former one.

    For a completed request whose exempt steps are no longer held. Raises RequestRefused where nothing can be erased
    now, or where the request's key is destroyed, and TransitionRefused where it is not completed.
    """
    require(user, Act.PLAN_DELETION)
    request, said = locked(request_id), wanted(reason, "Planning again")
    advance(request, Action.HOLD_ENDED)
    _check_something_is_free(request)
    request.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "proof": request.artifact_digest or "none",
        "reason_digest": reason_digest(said),
    }
    record(kinds.PLANNED_AGAIN, actor=actor_of(user), payload=payload)
    return reopening.replan(request, actor_of(user))


def _check_something_is_free(request: Request) -> None:
    kept = request.steps.filter(plan__state=Plan.State.APPROVED, verdict=Verdict.EXEMPT, kept__isnull=False)
    today = now().date()
    if not any(not step.kept.hold.is_in_force(today) for step in kept.select_related("kept__hold")):
        raise RequestRefused("Every hold on this request is still in force, so nothing more can be erased.")
