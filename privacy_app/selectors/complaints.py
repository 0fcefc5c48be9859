"""Whether a proof is about an identifier, by the key that a complainant brings; key and identifier stay in memory."""

import hmac
import json
from dataclasses import dataclass
from typing import Any

from portal.core.evidence.selectors import ArtifactGone, read_artifact
from portal.core.identity.policies import Act, require
from privacy_app.domain import pseudonym
from privacy_app.models import Request, ResolvedIdentifier


@dataclass(frozen=True)
class Match:
    """A proof that names the identifier under this key, and the name under which it does."""

    request: Request
    name: str


def proofs_about(user: Any, *, key: bytes, identifier: str, req_id: str = "") -> list[Match]:
    """The proofs whose artifact holds this identifier's token under `key`; of one request where `req_id` says so.

    The key may belong to any request, also one whose own copy was destroyed. The kind of the identifier need not be
    known: every kind that was ever resolved is tried.
    """
    require(user, Act.READ_EVIDENCE, Request())
    kinds = ResolvedIdentifier.objects.order_by().values_list("kind", flat=True).distinct()
    tokens = [pseudonym.token(key, kind, identifier) for kind in kinds]
    rows = Request.objects.filter(resolved__token__in=tokens).exclude(artifact_digest="").distinct()
    rows = rows.filter(req_id=req_id) if req_id else rows
    return [match for row in rows for match in _in_artifact(row, tokens)]


def _in_artifact(request: Request, tokens: list[str]) -> list[Match]:
    """The row only led here: what counts is the artifact, whose digest is in the ledger."""
    try:
        proof = json.loads(read_artifact(request.artifact_digest))
    except ArtifactGone:
        return []
    named = proof.get("subject_ids", {}).items()
    return [Match(request, name) for name, held in named if any(hmac.compare_digest(held, each) for each in tokens)]
