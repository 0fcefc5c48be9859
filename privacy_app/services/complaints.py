"""Asking whose proof it is leaves an entry: that somebody asked, and the answer, never the key or the identifier."""

from typing import Any

from django.db import transaction

from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from privacy_app import evidence_kinds as kinds
from privacy_app.selectors.complaints import Match, proofs_about


@transaction.atomic
def ask(*, user: Any, key: bytes, identifier: str, req_id: str = "") -> list[Match]:
    """The proofs about the identifier under this key; raises PermissionDenied for who may not read them all."""
    found = proofs_about(user, key=key, identifier=identifier, req_id=req_id)
    payload: dict[str, str | int] = {
        "request": req_id or (found[0].request.req_id if found else "of any request"),
        "answer": "is about it" if found else "is not about it",
    }
    record(kinds.ASKED_WHOSE, actor=actor_of(user), payload=payload)
    return found
