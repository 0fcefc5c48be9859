"""The policy `plain`: where a law demands that a proof names the person, a list in clear is sealed beside the request.

It is never in the artifact, the PDF, the bundle or the write-once store; it dies with the request's key. Looking at it
is evidence, as every unmasking is.
"""

import json
from typing import Any

from django.conf import settings
from django.db import transaction

from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import selectors
from privacy_app.domain.artifact import subject_ids
from privacy_app.models import Request
from privacy_app.services import sealed_files
from privacy_app.services.lifecycle import reason_digest, wanted

NAME = "subject in clear.json"
PLAIN = "plain"


def keep(request: Request) -> None:
    """Seal the identifiers in clear where the policy is `plain`; nothing else."""
    if settings.PROOF_SUBJECT_IDS != PLAIN:
        return
    rows = request.resolved.select_related("request")
    named = subject_ids((row.kind, selectors.plain_value(row)) for row in rows)
    data = canonical_bytes({"req_id": request.req_id, "subject_ids": named})
    sealed_files.keep(request, name=NAME, media_type="application/json", data=data)


def kept(request: Request) -> bool:
    """Whether a list in clear was sealed with this request, and is still there."""
    return request.files.filter(name=NAME).exclude(sealed=None).exists()


@transaction.atomic
def look(*, user: Any, request: Request, reason: str) -> dict[str, str]:
    """The identifiers in clear, for a privacy officer with a reason; {} where the policy kept none.

    Raises KeyShredded once the request's key is destroyed.
    """
    require(user, Act.UNMASK)
    why = wanted(reason, "Looking at identifiers")
    file = request.files.filter(name=NAME).first()
    if file is None:
        return {}
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "token": file.digest,
        "kind": "list of all identifiers",
        "reason_digest": reason_digest(why),
    }
    record(kinds.UNMASKED, actor=actor_of(user), payload=payload)
    return dict(json.loads(sealed_files.content_of(file))["subject_ids"])
