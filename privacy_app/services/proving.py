"""The proof: the artifact in the write-once store, its entries in the ledger, the PDF, the bundle, and the notice."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from portal.core.clock.services import now
from portal.core.documents.services import render_pdf, sign_pdf
from portal.core.evidence import selectors as ledger
from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.services import EntryPending, build_bundle, record, stamp_over, store_artifact
from portal.core.identity.actors import system_actor
from portal.core.signing.exports import numbered_files, proof_of
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore
from privacy_app.domain.notices import Notice
from privacy_app.domain.request import Action, State
from privacy_app.models import Request
from privacy_app.services import checking, closing_letter, contents, plain, rechecking, showing
from privacy_app.services.lifecycle import advance, locked
from privacy_app.services.notices import tell

SUPPRESS_BEYOND = timedelta(days=30)
ACTOR = "privacy.proof"


def retain_days() -> int:
    """How long a proof and its files are kept, in days; a year is taken at its longest."""
    years: int = settings.PROOF_RETENTION_YEARS
    return years * 366


@transaction.atomic
def conclude(request_id: int) -> bool:
    """Complete a checked request with its artifact, or say that it is complete only in part.

    Waits (False) until the ledger has numbered the approval and the check, since the artifact names their places.
    """
    request = locked(request_id)
    if State(request.state) is not State.VERIFYING or request.checked_at is None:
        return False
    steps = checking.current_steps(request)
    if not all(checking.is_complete(step) for step in steps):
        checking.give_up_in_part(request_id)
        return True
    places = contents.ledger_places(request)
    if places is None:
        return False
    request.completed_at = request.checked_at
    made = contents.artifact_of(request, steps, places)
    stored = store_artifact(
        canonical_bytes(made),
        media_type="application/json",
        name=f"{request.req_id}.json",
        retain_days=retain_days(),
    )
    _complete(request, stored.digest, made)
    plain.keep(request)
    return True


def _complete(request: Request, artifact_digest: str, made: dict[str, Any]) -> None:
    advance(request, Action.COMPLETE)
    request.artifact_digest = artifact_digest
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "artifact": artifact_digest,
        "verification_hash": made["verification_hash"],
    }
    request.completed_entry = record(kinds.COMPLETED, actor=system_actor(ACTOR), payload=payload)
    request.save()
    request.suppressions.update(until=suppressed_until(request))


def suppressed_until(request: Request) -> datetime:
    """Thirty days beyond the last copy that may still come back, and beyond our own record of the request."""
    ends = [step.until for step in checking.current_steps(request) if step.until]
    last = max(ends, default=now().date())
    return datetime.combine(last, datetime.min.time(), tzinfo=now().tzinfo) + SUPPRESS_BEYOND


def publish(request_id: int) -> bool:
    """Render and sign the PDF, build the bundle, tell the subject; each is stored once.

    False while the ledger has not numbered the completion, or another worker is at it.
    """
    entry = Request.objects.select_related("completed_entry").get(pk=request_id).completed_entry
    if entry is not None:
        stamp_over(entry)  # before any row is locked: the authority may take its time
    return _publish(request_id)


@transaction.atomic
def _publish(request_id: int) -> bool:
    free = Request.objects.select_for_update(skip_locked=True).filter(state=State.COMPLETED, bundle_digest="")
    request = free.filter(pk=request_id).first()
    if request is None or request.completed_entry is None:
        return False
    data = ledger.read_artifact(request.artifact_digest)
    pdf = ledger.read_artifact(request.pdf_digest) if request.pdf_digest else _make_pdf(request, data)
    proof = contents.load(data)
    try:
        bundle = build_bundle(
            proof=proof,
            entry=request.completed_entry,
            pdf=pdf,
            files={"artifact.json": data, **_approvals(request)},
            not_covered=proof["not_covered"],
        )
    except EntryPending:
        return False
    name = f"{request.req_id}.zip"
    stored = store_artifact(bundle, media_type="application/zip", name=name, retain_days=retain_days())
    request.bundle_digest = stored.digest
    request.save()
    closing_letter.write(request, proof, suppressed_until=f"{suppressed_until(request):%Y-%m-%d}")
    rechecking.schedule(request)
    _tell_done(request)
    return True


def _approvals(request: Request) -> dict[str, bytes]:
    """The approvers' signatures as files, so that the bundle shows by itself who approved the plan and how."""
    approvals = contents.plan_of(request).approvals.select_related("signature__user", "signature__entry")
    signatures = [each.signature for each in approvals]
    listed = canonical_bytes([proof_of(signature) for signature in signatures])
    return {"signatures.json": listed, **numbered_files(signatures)}


def _make_pdf(request: Request, data: bytes) -> bytes:
    pdf = sign_pdf(
        render_pdf(
            "privacy_app/documents/proof.html",
            showing.pdf_context(contents.load(data), request.artifact_digest),
            title=f"Deletion proof {request.req_id}",
            created=request.completed_at or now(),
            attachments=[(f"{request.req_id}.json", data, "The proof as canonical JSON (RFC 8785)")],
        )
    )
    stored = store_artifact(pdf, media_type="application/pdf", name=f"{request.req_id}.pdf", retain_days=retain_days())
    request.pdf_digest = stored.digest
    request.save(update_fields=["pdf_digest"])
    return pdf


def _tell_done(request: Request) -> None:
    steps = checking.current_steps(request)
    lines = [f"{step.system_name}/{step.dataset}: {step.verdict_text}" for step in steps]
    values = {
        "headline": contents.load(ledger.read_artifact(request.artifact_digest))["headline"],
        "systems": "\n".join(lines),
        "key": keystore.keys_of(request.key_name).pseudonym.hex(),
        "appeal_until": f"{request.appeal_until}",
        "suppressed_until": f"{suppressed_until(request):%Y-%m-%d}",
    }
    tell(request, Notice.DONE, values)
