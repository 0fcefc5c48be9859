"""What a proof says about who approved its plan, and about how."""

from typing import Any

from portal.core.identity.roles import Role
from privacy_app.domain.artifact import rfc3339
from privacy_app.models import Approval, Plan


def for_artifact(plan: Plan) -> list[dict[str, Any]]:
    """Each approval with what was signed; a list that was signed as a whole comes with all its digests.

    The head of data's approval names the rules that made the plan one of high risk.
    """
    return [_entry(each, plan) for each in plan.approvals.select_related("signature__user", "batch")]


def _entry(approval: Approval, plan: Plan) -> dict[str, Any]:
    signature = approval.signature
    entry: dict[str, Any] = {
        "role": signature.role,
        "approver": str(signature.user.public_id),
        "digest": signature.digest,
        "strength": signature.strength,
        "signed_at": rfc3339(signature.signed_at),
    }
    if approval.batch is not None:
        entry["signed_list"] = list(approval.batch.body["approves"])
    if signature.role == Role.HEAD_OF_DATA:
        entry["high_risk"] = [each["rule"] for each in plan.body.get("high_risk", [])]
    return entry
