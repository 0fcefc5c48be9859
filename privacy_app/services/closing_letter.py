"""The subject's own letter as a PDF. It holds the key of the proof, so it lives sealed and dies with the request's key.

It never enters the write-once store nor the bundle: whoever has the key can link the proof to a person.
"""

from typing import Any

from django.conf import settings

from portal.core.clock.services import now
from portal.core.documents.services import render_pdf, sign_pdf
from privacy_app import keystore
from privacy_app.domain.closing import beyond_use_until, told
from privacy_app.domain.letters import SUPPRESSION_BASIS
from privacy_app.models import Request, SealedFile
from privacy_app.services import sealed_files
from privacy_app.services.notices import remedies_of

NAME = "closing letter.pdf"


def write(request: Request, proof: dict[str, Any], *, suppressed_until: str) -> SealedFile:
    """Render, sign and seal the letter of a completed request. Call it in a worker: it takes a second or two."""
    pdf = render_pdf(
        "privacy_app/documents/closing_letter.html",
        context_of(request, proof, suppressed_until=suppressed_until),
        title=f"Your deletion request {request.req_id}",
        created=request.completed_at or now(),
    )
    return sealed_files.keep(request, name=NAME, media_type="application/pdf", data=sign_pdf(pdf))


def context_of(request: Request, proof: dict[str, Any], *, suppressed_until: str) -> dict[str, Any]:
    """The letter's values: the artifact's, in plain words, and the key."""
    systems = [told(each) for each in proof["systems"]]
    return {
        "proof": proof,
        "systems": systems,
        "beyond_use_until": beyond_use_until(systems),
        "suppressed_until": suppressed_until,
        "suppression_basis": SUPPRESSION_BASIS,
        "key": keystore.keys_of(request.key_name).pseudonym.hex(),
        "appeal_until": request.appeal_until,
        "artifact_digest": request.artifact_digest,
        "remedies": remedies_of(request),
        "portal": settings.BASE_URL,
    }


def read(request: Request) -> bytes | None:
    """The letter in clear, for its subject; None before it is written. Raises KeyShredded once its key is destroyed."""
    kept = request.files.filter(name=NAME).first()
    return None if kept is None else sealed_files.content_of(kept)
