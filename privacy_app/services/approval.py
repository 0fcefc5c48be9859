"""The second pair of eyes: a signature over the plan's digest, and what must be active before the first delete."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role
from portal.core.signing import services as signing
from portal.core.signing.proofs import Nothing, Proof
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore, sealing
from privacy_app.domain.request import Action
from privacy_app.models import Plan, Request, SuppressionToken
from privacy_app.selectors import plain_value
from privacy_app.services.lifecycle import RequestRefused, advance, locked
from privacy_app.services.waking import wake_propagation

PURPOSE = "deletion_plan"
SUPPRESS_AT_FIRST = timedelta(days=400)


def submitted_plan(request: Request) -> Plan:
    """The plan that waits for approval; raises RequestRefused where there is none."""
    plan = request.plans.filter(state=Plan.State.SUBMITTED).first()
    if plan is None:
        raise RequestRefused("No plan of this request waits for approval.")
    return plan


def begin_approval(*, user: Any, request: Request) -> Any:
    """The challenge that the approver signs; refused to whoever planned."""
    require(user, Act.APPROVE_DELETION, request)
    plan = submitted_plan(request)
    return signing.begin(
        user=user,
        purpose=PURPOSE,
        digest=plan.digest,
        version=str(plan.number),
        role=Role.PRIVACY_OFFICER.value,
        ref=request.req_id,
    )


@transaction.atomic
def approve(
    *, user: Any, request_id: int, challenge_id: str, proof: Proof | Nothing, exclusive_approved: bool
) -> Request:
    """Sign the plan, activate the suppression tokens, and let the workers begin.

    `exclusive_approved` answers apart for purges that stop readers. Raises SigningRefused and RequestRefused.
    """
    request = locked(request_id)
    require(user, Act.APPROVE_DELETION, request)
    plan = submitted_plan(request)
    if plan.steps.filter(allow_exclusive=True).exists() and not exclusive_approved:
        raise RequestRefused("This plan may stop readers for a while. Approve those purges apart, by the box above.")
    signature = signing.complete(user=user, challenge_id=challenge_id, proof=proof, current_digest=plan.digest)
    advance(request, Action.APPROVE)
    request.save()
    plan.state = Plan.State.APPROVED
    plan.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "plan": plan.number,
        "digest": plan.digest,
        "statement": _statement_digest(signature),
        "strength": signature.method,
    }
    entry = record(kinds.APPROVED, actor=actor_of(user), payload=payload)
    plan.approvals.create(signature=signature, entry=entry, approved_at=now())
    suppress(request, now())
    wake_propagation()
    return request


def _statement_digest(signature: Any) -> str:
    return digest(bytes(signature.statement))


def suppress(request: Request, at: datetime) -> None:
    """Put a token of each identifier on the suppression list, so that no pipeline brings the subject back."""
    for row in request.resolved.select_related("request"):
        token = sealing.suppression_token(row.kind, plain_value(row))
        SuppressionToken.objects.update_or_create(
            request=request,
            token=token,
            defaults={
                "kind": row.kind,
                "key_version": keystore.SUPPRESSION_VERSION,
                "erased_at": at,
                "until": at + SUPPRESS_AT_FIRST,
            },
        )
