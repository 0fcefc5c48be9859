"""The head of data's signature over a plan of high risk, besides the officer's."""

from typing import Any

from django.conf import settings
from django.db import transaction

from portal.core.catalog import selectors as catalog
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role
from portal.core.signing import services as signing
from portal.core.signing.proofs import Nothing, Proof
from privacy_app import evidence_kinds as kinds
from privacy_app.domain import risk
from privacy_app.models import Plan, Request, Step, WaitingEdge
from privacy_app.services import approval
from privacy_app.services.lifecycle import RequestRefused, locked


def reasons(plan: Plan) -> list[dict[str, str]]:
    """Which rules make this plan one of high risk, with their sentences; frozen into it when it is submitted."""
    steps = [step for step in plan.steps.all() if not step.is_portal and not step.preview.get("exempt")]
    first = frozenset(catalog.tier_one_assets().values_list("name", flat=True))
    followed = plan.request.waiting_edges.filter(decision=WaitingEdge.Decision.CONFIRMED).count()
    facts = risk.Facts(
        rows=sum(count for step in steps if isinstance(count := step.preview.get("count"), int)),
        most_rows=settings.PRIVACY_HIGH_RISK_ROWS,
        exclusive=_where(steps, "exclusive_lock"),
        history=_where(steps, "destroys_history"),
        tier_1=tuple(sorted({step.dataset for step in steps} & first)),
        shared=followed,
    )
    return risk.reasons(facts, settings.PRIVACY_HIGH_RISK_RULES)


def _where(steps: list[Step], what: str) -> tuple[str, ...]:
    return tuple(sorted({step.dataset for step in steps if step.preview.get(what)}))


def begin(*, user: Any, request: Request) -> Any:
    """The challenge that the head of data signs; refused to whoever planned, or signed as the officer."""
    plan = _waiting(user, request)
    return signing.begin(
        user=user,
        purpose=approval.PURPOSE,
        digest=plan.digest,
        version=str(plan.number),
        role=Role.HEAD_OF_DATA.value,
        ref=request.req_id,
    )


@transaction.atomic
def approve(*, user: Any, request_id: int, challenge_id: str, proof: Proof | Nothing) -> Request:
    """Sign the plan for its high risk; the deletion begins once the officer has signed as well.

    Raises SigningRefused and RequestRefused, and then nothing is signed.
    """
    request = locked(request_id)
    plan = _waiting(user, request)
    signature = signing.complete(user=user, challenge_id=challenge_id, proof=proof, current_digest=plan.digest)
    approval.accept(request, plan, signature, user=user, kind=kinds.RISK_APPROVED)
    return request


def _waiting(user: Any, request: Request) -> Plan:
    require(user, Act.APPROVE_HIGH_RISK, request)
    plan = approval.submitted_plan(request)
    if not plan.body.get("high_risk"):
        raise RequestRefused("This plan is not one of high risk: a privacy officer's signature is enough.")
    approval.check_unsigned(plan, Role.HEAD_OF_DATA, user)
    return plan
