"""What goes into a proof: the artifact from the rows, and the PDF's words from the artifact."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings

from portal.core.evidence import selectors as ledger
from privacy_app import selectors
from privacy_app.domain import artifact
from privacy_app.domain.pseudonym import hint
from privacy_app.models import Plan, Request, Step
from privacy_app.services import checking, machinery

NOT_COVERED = (
    "Systems that are neither registered, nor named by a contract, nor shown by lineage.",
    "Blocks that a file system has released and not yet overwritten: no step is a purge in the sense of NIST 800-88.",
    "Copies that other controllers hold; Art. 19 recipients are told by the controller.",
    "That no open validator was run over the PDF: its structure is checked, it is not validated.",
)
ACTIONS = {"portal": "keep until the appeal window ends", "lineage": "redact"}
Places = dict[str, Any]


def ledger_places(request: Request) -> Places | None:
    """Where the ledger holds the approval and the check; None until both have their number."""
    entries = [("approved", each.entry) for each in plan_of(request).approvals.select_related("entry")]
    if request.checked_entry is not None:
        entries.append(("checked", request.checked_entry))
    states = [(what, entry, ledger.entry_state(entry)) for what, entry in entries]
    checkpoint = ledger.latest_checkpoint()
    if checkpoint is None or any(state.index is None for _, _, state in states):
        return None
    return {
        "origin": checkpoint.note.splitlines()[0],
        "entries": [{"what": what, "kind": entry.kind, "index": state.index} for what, entry, state in states],
    }


def plan_of(request: Request) -> Plan:
    """The approved plan."""
    return request.plans.get(state=Plan.State.APPROVED)


def artifact_of(request: Request, steps: list[Step], places: Places) -> dict[str, Any]:
    """The whole artifact of a completed request."""
    if request.completed_at is None:
        raise ValueError("Only a completed request has an artifact.")
    rows = list(request.resolved.select_related("request"))
    return artifact.build(
        req_id=request.req_id,
        tokens=[(row.kind, row.token) for row in rows],
        hints=[(row.kind, hint(row.kind, selectors.plain_value(row))) for row in rows],
        submitted_at=request.received_at,
        completed_at=request.completed_at,
        systems=[_system(step) for step in steps],
        queries=checking.queries_of(steps),
        more=_additions(request, places),
    )


def _system(step: Step) -> artifact.SystemResult:
    done_at = step.done_at
    if done_at is None:
        raise ValueError("A step that is not done has no place in a proof.")
    return artifact.SystemResult(
        name=step.system_name,
        dataset=step.dataset,
        kind=step.kind,
        judgement=checking.judgement_of(step),
        amounts=step.amounts,
        done_at=done_at,
        purged_at=step.purged_at,
        probes=machinery.probes_of(step),
        residuals=machinery.residuals_of(step),
        attempts=step.tries.count(),  # all of them, also those before somebody tried again by hand
        action=ACTIONS.get(step.kind, "delete"),
        own_record=step.is_own_record,
    )


def _additions(request: Request, places: Places) -> dict[str, Any]:
    plan = plan_of(request)
    return {
        "controller": {"name": settings.ORGANISATION or "not named", "dpo": settings.DPO_CONTACT or "not named"},
        "right": "erasure",
        "law": {"gdpr": "GDPR Art. 17", "ccpa": "CCPA section 1798.105"}[request.law],
        "identity": {
            "method": request.verify_method,
            "at": artifact.rfc3339(request.verified_at or request.received_at),
        },
        "resolved_set_digest": request.resolved_digest,
        "plan_digest": plan.digest,
        "approvals": [_approval(each) for each in plan.approvals.select_related("signature")],
        "clocks": _clocks(request),
        "models": [{**each, "duty": "retrain without the subject, or document why not"} for each in _models(plan)],
        "exemptions": [],
        "recipients": [],
        "left_out": [{"dataset": each.dataset, "why": each.why, "reason": each.reason} for each in plan.findings.all()],
        "suppression": {
            "tokens": request.suppressions.count(),
            "basis": "GDPR Art. 17(1), 5(1)(d)",
            "active_from": artifact.rfc3339(plan.approvals.latest("approved_at").approved_at),
        },
        "not_covered": list(NOT_COVERED),
        "ledger": places,
    }


def _models(plan: Plan) -> list[dict[str, str]]:
    return list(plan.body.get("models", []))


def _approval(approval: Any) -> dict[str, str]:
    signature = approval.signature
    return {
        "role": signature.role,
        "approver": str(signature.user.public_id),
        "digest": signature.digest,
        "strength": signature.strength,
        "signed_at": artifact.rfc3339(signature.signed_at),
    }


def _clocks(request: Request) -> dict[str, Any]:
    at = request.completed_at or request.received_at
    slo, law = request.slo(at), request.statutory(at)
    return {
        "gross_seconds": _seconds(slo.gross),
        "net_seconds": _seconds(slo.net),
        "pauses": [
            {"from": artifact.rfc3339(each.started_at), "to": artifact.rfc3339(each.ended_at)}
            for each in request.pauses.all()
            if each.ended_at
        ],
        "slo_hours": 72,
        "slo_due": artifact.rfc3339(slo.due),
        "slo_met": at <= slo.due,
        "statutory_due": artifact.rfc3339(law.due),
        "statutory_met": at <= law.due,
    }


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def load(data: bytes) -> dict[str, Any]:
    """An artifact's bytes as values."""
    return dict(json.loads(data))


def pdf_context(request: Request, proof: dict[str, Any]) -> dict[str, Any]:
    """What the PDF shows: the artifact itself, so that the two cannot differ."""
    return {"proof": proof, "artifact_digest": request.artifact_digest, "entry": request.completed_entry_id}
