"""Taking an answer as a document: its JSON is stored and recorded at once, a worker makes signed PDF and bundle.

The document is what the person saw: it is not asked for again when the worker gets to it.
"""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.domain.leaves import timestamp
from portal.core.evidence.selectors import read_artifact
from portal.core.evidence.services import EntryPending, build_bundle, record, sequence_all, store_artifact
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.making import leases
from portal.pages.provenance.domain.answer import Answer
from portal.pages.provenance.domain.document import document_of
from portal.pages.provenance.evidence_kinds import ANSWER_GIVEN
from portal.pages.provenance.models import GivenAnswer
from portal.pages.provenance.services.showing import pdf_context

LEASE = timedelta(minutes=5)
RETAIN_DAYS = 1096
"""Three years, as the artifacts of deletion proofs."""


@transaction.atomic
def give(*, user: Any, key: uuid.UUID, answer: Answer) -> GivenAnswer:
    """Keep the answer's document and record that it was given; the same key gives the same one.

    The answer must have been asked without proofs: a document names no deletion request.
    """
    require(user, Act.READ)
    before = GivenAnswer.objects.filter(key=key).first()
    if before is not None:
        return before
    document = canonical_bytes(document_of(answer))
    stored = store_artifact(document, media_type="application/json", name=_file(key), retain_days=RETAIN_DAYS)
    payload: dict[str, str | int] = {
        "subject": _reference(answer),
        "as_of": timestamp(answer.at),
        "digest": stored.digest,
        "inputs": len(answer.inputs),
        "runs": answer.runs,
        "gaps": len(answer.gaps),
    }
    return GivenAnswer.objects.create(
        key=key,
        asked_by=user,
        asked_at=now(),
        question=str(answer.question),
        subject=_reference(answer),
        digest=stored.digest,
        entry=record(ANSWER_GIVEN, actor=actor_of(user), payload=payload),
    )


def make(pk: int) -> GivenAnswer | None:
    """Make PDF and bundle of one; None where another worker has it, or no number is given yet. In a worker only."""
    given = leases.take(GivenAnswer, pk, LEASE)
    if given is None or given.state == given.State.FAILED:
        return given
    data = read_artifact(given.digest)
    document = json.loads(data)
    try:
        pdf = _pdf(given, document, data)
        sequence_all()
        leases.hold(given, LEASE, step=given.Step.NUMBERED)
        bundle = build_bundle(proof=document, entry=given.entry, pdf=pdf, not_covered=document["not_covered"])
    except leases.LeaseLost:
        return None
    except EntryPending:  # another sequencer has the entry under way: that costs no attempt
        leases.hand_back(given)
        return None
    return _keep(given, pdf, bundle)


def _pdf(given: GivenAnswer, document: dict[str, Any], data: bytes) -> bytes:
    from portal.core.documents.services import render_pdf, sign_pdf  # a worker's; the web process never loads it

    rendered = render_pdf(
        "pages/provenance/document.html",
        pdf_context(document, given.digest, str(given)),
        title=f"Provenance answer {given}",
        created=given.asked_at,
        attachments=[(f"{given}.json", data, "The answer as canonical JSON (RFC 8785)")],
    )
    leases.hold(given, LEASE, step=given.Step.RENDERED)
    signed = sign_pdf(rendered)
    leases.hold(given, LEASE, step=given.Step.SIGNED)
    return signed


@transaction.atomic
def _keep(given: GivenAnswer, pdf: bytes, bundle: bytes) -> GivenAnswer | None:
    row = leases.held(given).select_for_update().first()
    if row is None:
        return None  # a second worker took over, after this one's lease
    stored = store_artifact(pdf, media_type="application/pdf", name=f"{row}.pdf", retain_days=RETAIN_DAYS)
    closed = store_artifact(bundle, media_type="application/zip", name=f"{row}.zip", retain_days=RETAIN_DAYS)
    row.pdf_digest, row.bundle_digest, row.size = stored.digest, closed.digest, len(bundle)
    row.state, row.step, row.leased_until, row.made_at = row.State.READY, row.Step.BUNDLED, None, now()
    row.save()
    return row


def _reference(answer: Answer) -> str:
    """The subject without foreign text: ids and names of pipelines stay out of the ledger."""
    place = answer.subject.url or (answer.run.url if answer.run else "")
    number = next((part for part in reversed(place.split("/")) if part.isdecimal()), "")
    if answer.subject.kind == "output":
        return f"an output with the key {digest(str(answer.question).encode())[7:23]}"
    return f"{answer.subject.kind} {number}".strip()


def _file(key: uuid.UUID) -> str:
    return f"provenance-{key}.json"
