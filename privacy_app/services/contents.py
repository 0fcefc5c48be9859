"""What goes into a proof: the artifact from the rows, and the PDF's words from the artifact."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings

from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from portal.core.evidence import selectors as ledger
from privacy_app import selectors
from privacy_app.domain import artifact
from privacy_app.domain.artifact import Verb
from privacy_app.domain.letters import SUPPRESSION_BASIS
from privacy_app.domain.plan import Decision, Place
from privacy_app.domain.pseudonym import hint
from privacy_app.domain.verdict import Verdict
from privacy_app.models import Plan, Request, Step
from privacy_app.selectors import approvals, duties, holds, recipients
from privacy_app.services import checking, machinery

NOT_COVERED = (
    "Systems that are neither registered, nor named by a contract, nor shown by lineage.",
    "Blocks that a file system has released and not yet overwritten: no step is a purge in the sense of NIST 800-88.",
    "Copies that other controllers hold; Art. 19 recipients are told by the controller.",
    "That no open validator was run over the PDF: its structure is checked, it is not validated.",
)
KEPT = "the request's own record stays sealed until the appeal window ends; then its key is destroyed"
REDACTED = "an event stays in the history of its pipeline without the identifiers that were in it"
OWN = {
    "portal": (Verb.KEEP, KEPT),
    "lineage": (Verb.REDACT, REDACTED),
}
LETTERS_TOLD = ("acknowledged_at", "extended_at")
"""When the subject was told of the receipt, and of an extension inside the first month (GDPR Art. 12(3))."""
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
        retention_years=settings.PROOF_RETENTION_YEARS,
    )


def _system(step: Step) -> artifact.SystemResult:
    done_at = step.done_at
    if done_at is None:
        raise ValueError("A step that is not done has no place in a proof.")
    action, reason = _action(step)
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
        action=action,
        action_reason=reason,
        place=Place(step.place).name.lower(),
        more=_accepted(step) | selectors.attestation_for_artifact(step),
        own_record=step.is_own_record,
    )


def _action(step: Step) -> tuple[artifact.Verb, str]:
    """What was done, and why it was not a deletion: as its kind of system does it."""
    if step.kind in OWN:
        return OWN[step.kind]
    judgement = checking.judgement_of(step)
    if judgement.verdict is Verdict.EXEMPT:
        return Verb.KEEP, judgement.sentence
    connector = registry.kinds().get(step.kind)
    if isinstance(connector, connectors.ByHand):
        return Verb.ATTEST, "no program can erase from this system; the people who run it did"
    usual = connector.verb if isinstance(connector, connectors.Erasable) else Verb.DELETE
    return Verb(usual), ""


def _accepted(step: Step) -> dict[str, str]:
    """Who approved a plan that said beforehand that a probe cannot run here (opaque ids, as under `approvals`)."""
    if checking.judgement_of(step).verdict is not Verdict.NOT_PROBED:
        return {}
    approvals = step.plan.approvals.select_related("signature__user")
    return {"accepted_by": ", ".join(str(each.signature.user.public_id) for each in approvals)}


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
        "approvals": approvals.for_artifact(plan),
        "clocks": _clocks(request),
        "subject_policy": settings.PROOF_SUBJECT_IDS,
        "lineage": _lineage(plan),
        "models": duties.for_artifact(request),
        "exemptions": holds.for_artifact(request),
        "recipients": recipients.for_artifact(request),
        "left_out": [
            {"dataset": each.dataset, "why": each.why, "reason": each.reason}
            for each in plan.findings.filter(decision=Decision.EXCLUDED)
        ],
        "suppression": {
            "tokens": request.suppressions.count(),
            "basis": SUPPRESSION_BASIS,
            "active_from": artifact.rfc3339(plan.approvals.latest("approved_at").approved_at),
        },
        "not_covered": list(NOT_COVERED),
        "ledger": places,
    }


def _lineage(plan: Plan) -> list[dict[str, str]]:
    """How the planned datasets fed each other when the plan was made, frozen with it."""
    return [{"from": each["from"], "to": each["to"]} for each in plan.body.get("lineage", [])]


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
        **{name: artifact.rfc3339(told) for name in LETTERS_TOLD if (told := getattr(request, name)) is not None},
    }


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def load(data: bytes) -> dict[str, Any]:
    """An artifact's bytes as values."""
    return dict(json.loads(data))
