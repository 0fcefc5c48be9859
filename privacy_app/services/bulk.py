"""Approving many plans by one signature: one statement over the list of their digests, all of them or none.

The ceremony signs `{"approves": [digest, …]}`, sorted and canonical (RFC 8785). Each plan's approval and artifact
carry that list, so that anybody can see by hashing that this plan was among what was signed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, may, require
from portal.core.identity.roles import Role
from portal.core.signing import services as signing
from portal.core.signing.proofs import Nothing, Proof
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.request import State
from privacy_app.models import BulkApproval, Plan, Request
from privacy_app.services import acceptance, approval
from privacy_app.services.lifecycle import RequestRefused

PURPOSE = "deletion_plans"
MOST = 100
"""Plans in one list: what a person can be asked to have read, and 7 KB of digests in each artifact."""


@dataclass
class Sorted:
    """The plans that this person may approve together, and those left out, each with the reason."""

    plans: list[Plan] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    @property
    def document(self) -> dict[str, list[str]]:
        """What is signed."""
        return {"approves": sorted(plan.digest for plan in self.plans)}

    @property
    def digest(self) -> str:
        """The digest of what is signed."""
        return digest(canonical_bytes(self.document))


def sort_out(user: Any, req_ids: Iterable[str]) -> Sorted:
    """Which of these requests can be approved together by this person; what cannot is named with its reason."""
    require(user, Act.APPROVE_DELETION)
    wanted = list(dict.fromkeys(req_ids))
    return _sorted(user, wanted, Request.objects.all())


def _sorted(user: Any, wanted: list[str], rows: QuerySet[Request]) -> Sorted:
    plans = Plan.objects.select_related("planner", "submitter").prefetch_related(
        "findings", "steps", "approvals__signature"
    )
    known = rows.filter(req_id__in=wanted).order_by("pk").prefetch_related(Prefetch("plans", queryset=plans))
    found, result, at = {each.req_id: each for each in known}, Sorted(), now()
    for req_id in wanted:
        request = found.get(req_id)
        plan = _submitted(request) if request else None
        if request is None or plan is None:
            result.left_out.append((req_id, "No plan of it waits for approval: it was moved, or somebody approved it."))
            continue
        plan.request = request
        reason = _why_not(user, request, plan, at) or ("" if len(result.plans) < MOST else f"More than {MOST} at once.")
        if reason:
            result.left_out.append((req_id, reason))
        else:
            result.plans.append(plan)
    return result


def _submitted(request: Request) -> Plan | None:
    if State(request.state) is not State.AWAITING_APPROVAL:
        return None
    return next((plan for plan in request.plans.all() if plan.state == Plan.State.SUBMITTED), None)


def _why_not(user: Any, request: Request, plan: Plan, at: datetime) -> str:
    if not may(user, Act.APPROVE_DELETION, request):
        return "You planned it, or decided a finding in it: somebody else has to approve it."
    if reasons := plan.body.get("high_risk"):
        return f"High risk, so it is signed by itself and by the head of data: {reasons[0]['sentence']}"
    if any(each.signature.role == Role.PRIVACY_OFFICER for each in plan.approvals.all()):
        return "A privacy officer has signed it already."
    return approval.stale(plan, request, at)


def begin(*, user: Any, chosen: Sorted) -> Any:
    """The challenge over the list of the chosen plans."""
    if not chosen.plans:
        raise RequestRefused("None of these plans can be approved together. Open them one by one.")
    return signing.begin(
        user=user,
        purpose=PURPOSE,
        digest=chosen.digest,
        version=str(len(chosen.plans)),
        role=Role.PRIVACY_OFFICER.value,
        ref=_reference(chosen),
    )


def _reference(chosen: Sorted) -> str:
    return f"{len(chosen.plans)} plans {chosen.digest}"


@transaction.atomic
def approve(*, user: Any, req_ids: Iterable[str], challenge_id: str, proof: Proof | Nothing) -> BulkApproval:
    """Approve all of these plans by one signature, or none.

    Every request is locked (in one order, so that two lists cannot wait for each other), and everything is
    asked again under the locks. Raises RequestRefused, naming what can no longer be approved, and SigningRefused.
    """
    require(user, Act.APPROVE_DELETION)
    wanted = list(dict.fromkeys(req_ids))
    list(Request.objects.select_for_update().filter(req_id__in=wanted).order_by("pk").values_list("pk"))
    chosen = _sorted(user, wanted, Request.objects.all())
    if chosen.left_out:
        names = "; ".join(f"{req_id}: {why}" for req_id, why in chosen.left_out)
        raise RequestRefused(f"Nothing was approved, because the list has changed. {names} Open the list again.")
    for plan in chosen.plans:
        if refused := approval.why_not(plan):
            raise RequestRefused(f"Nothing was approved. {plan.request.req_id}: {refused}")
    signature = signing.complete(user=user, challenge_id=challenge_id, proof=proof, current_digest=chosen.digest)
    batch = BulkApproval.objects.create(
        signature=signature, digest=chosen.digest, body=chosen.document, approved_at=now()
    )
    for plan in chosen.plans:
        acceptance.allow(user=user, plan=plan, items=acceptance.undecided(plan))
        approval.accept(plan.request, plan, signature, user=user, kind=kinds.APPROVED, batch=batch)
    payload: dict[str, str | int] = {
        "digest": batch.digest,
        "plans": len(chosen.plans),
        "statement": approval.statement_digest(signature),
        "strength": signature.method,
    }
    record(kinds.BULK_APPROVED, actor=actor_of(user), payload=payload)
    return batch
