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
from privacy_app.domain.plan import too_old
from privacy_app.domain.request import Action
from privacy_app.models import Plan, Request, SuppressionToken
from privacy_app.selectors import plain_value
from privacy_app.services import acceptance, duties, looking
from privacy_app.services.lifecycle import RequestRefused, advance, locked
from privacy_app.services.waking import wake_propagation

PURPOSE = "deletion_plan"
SUPPRESS_AT_FIRST = timedelta(days=400)


def stale(plan: Plan, request: Request, at: datetime) -> str:
    """Why this plan cannot be signed by what it says itself: its age, or other identifiers; "" when it can."""
    if old := too_old(plan.made_at, at):
        return old
    if plan.body.get("resolved_set_digest") != request.resolved_digest:
        return "The identifiers changed since this plan was made. Send it back and make a new one."
    return ""


def why_not(plan: Plan) -> str:
    """Why this plan cannot be signed as it is: it is stale, or the data can be elsewhere by now; "" when it can."""
    request = Request.objects.get(pk=plan.request_id)  # as it is now, whatever the caller holds
    if said := stale(plan, request, now()):
        return said
    if plan.body.get("scope") != looking.scope_for(request, looking.mentioned_in(plan)).fingerprint():
        return (
            "Where the data can be changed since this plan was made: a contract, lineage or a registered system names "
            "something else now. Send it back and make a new one."
        )
    return ""


def still_true(request: Request) -> Plan:
    """The plan that waits for approval; raises RequestRefused where there is none or it cannot be signed any more."""
    plan = submitted_plan(request)
    if refused := why_not(plan):
        raise RequestRefused(refused)
    return plan


def submitted_plan(request: Request) -> Plan:
    """The plan that waits for approval; raises RequestRefused where there is none."""
    plan = request.plans.filter(state=Plan.State.SUBMITTED).first()
    if plan is None:
        raise RequestRefused("No plan of this request waits for approval.")
    return plan


def begin_approval(*, user: Any, request: Request) -> Any:
    """The challenge that the approver signs; refused to whoever planned."""
    require(user, Act.APPROVE_DELETION, request)
    plan = still_true(request)
    check_unsigned(plan, Role.PRIVACY_OFFICER, user)
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
    """Sign the plan as a privacy officer; with the last signature that it needs, the deletion begins.

    `exclusive_approved` allows with this signature whatever was not decided apart yet; without it that is refused.
    Raises SigningRefused and RequestRefused.
    """
    request = locked(request_id)
    require(user, Act.APPROVE_DELETION, request)
    plan = still_true(request)
    undecided = acceptance.undecided(plan)
    if undecided and not exclusive_approved:
        raise RequestRefused(
            f"{len(undecided)} points of this plan are decided apart, such as purges that stop readers. Decide them "
            "first."
        )
    check_unsigned(plan, Role.PRIVACY_OFFICER, user)
    signature = signing.complete(user=user, challenge_id=challenge_id, proof=proof, current_digest=plan.digest)
    acceptance.allow(user=user, plan=plan, items=undecided)
    accept(request, plan, signature, user=user, kind=kinds.APPROVED)
    return request


def check_unsigned(plan: Plan, role: Role, user: Any) -> None:
    """Raise RequestRefused where this role has signed the plan already, or this person in another role."""
    for each in plan.approvals.select_related("signature"):
        if each.signature.role == role:
            raise RequestRefused(f"A {role.label} has signed this plan already. It waits for the other signature.")
        if each.signature.user_id == user.pk:
            raise RequestRefused("You signed this plan in another role. A second person has to sign this one.")


def accept(request: Request, plan: Plan, signature: Any, *, user: Any, kind: Any, batch: Any = None) -> None:
    """Keep a signature over a locked request's plan; with the last one that it needs, the deletion begins.

    A plan needs a privacy officer's signature, and the head of data's too where it is one of high risk. `batch` is the
    list that was signed where many plans were approved at once.
    """
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "plan": plan.number,
        "digest": plan.digest,
        "statement": statement_digest(signature),
        "strength": signature.method,
    }
    entry = record(kind, actor=actor_of(user), payload=payload)
    plan.approvals.create(signature=signature, entry=entry, approved_at=now(), batch=batch)
    if missing_roles(plan):
        return
    advance(request, Action.APPROVE)
    request.save()
    plan.state = Plan.State.APPROVED
    plan.save()
    suppress(request, now())
    duties.open_all(request, plan)
    wake_propagation()


def missing_roles(plan: Plan) -> list[Role]:
    """Whose signatures a plan still needs."""
    needed = [Role.PRIVACY_OFFICER, *([Role.HEAD_OF_DATA] if plan.body.get("high_risk") else [])]
    signed = set(plan.approvals.values_list("signature__role", flat=True))
    return [role for role in needed if role not in signed]


def statement_digest(signature: Any) -> str:
    """What the ledger says of a signature: the digest of the statement that was signed."""
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
                "key_version": keystore.suppression_versions()[-1],
                "erased_at": at,
                "until": at + SUPPRESS_AT_FIRST,
            },
        )
