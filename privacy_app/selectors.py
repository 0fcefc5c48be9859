"""Reads that check rights: who asks comes first."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require
from privacy_app import sealing
from privacy_app.domain import pseudonym
from privacy_app.domain.request import ENDED
from privacy_app.domain.steps import StepState
from privacy_app.keystore import KeyShredded
from privacy_app.models import NoticeText, Request, ResolvedIdentifier, SuppressionToken

GONE = "destroyed"


def inbox(user: Any, *, ended: bool = False) -> QuerySet[Request]:
    """Requests by hours left (the oldest first), each with its number of systems and how many are done."""
    require(user, Act.READ_REQUESTS)
    rows = Request.objects.filter(state__in=ENDED) if ended else Request.objects.exclude(state__in=ENDED)
    current = ~Q(steps__plan__state="superseded") & Q(steps__isnull=False)
    counted = rows.annotate(
        systems=Count("steps", filter=current, distinct=True),
        systems_done=Count("steps", filter=current & Q(steps__state=StepState.DONE), distinct=True),
    )
    return counted.prefetch_related("pauses").order_by("-received_at" if ended else "received_at")


def counts(user: Any) -> dict[str, int]:
    """How many requests are open, and how many of them are past their 72 hours."""
    require(user, Act.COUNT_REQUESTS)
    at = now()
    rows = list(Request.objects.exclude(state__in=ENDED).prefetch_related("pauses"))
    return {"open": len(rows), "overdue": sum(each.slo(at).left(at).total_seconds() < 0 for each in rows)}


def request_for(user: Any, req_id: str) -> Request | None:
    """One request, or None where there is none of this reference."""
    require(user, Act.READ_REQUESTS)
    return Request.objects.filter(req_id=req_id).first()


def request_to_approve(user: Any, req_id: str) -> Request | None:
    """One request as its approver sees it; raises PermissionDenied for whoever planned it."""
    found = Request.objects.filter(req_id=req_id).first()
    require(user, Act.APPROVE_DELETION, found)
    return found


def request_with_proof(req_id: str) -> Request | None:
    """A completed request; the caller asks READ_EVIDENCE of it."""
    return Request.objects.filter(req_id=req_id).exclude(artifact_digest="").first()


def request_of_secret(req_id: str, secret: str) -> Request | None:
    """The request of a subject's own link; None where reference or secret is wrong, in the same time."""
    found = Request.objects.filter(req_id=req_id).first()
    given = hashlib.sha256(secret.encode()).hexdigest()
    right = hmac.compare_digest(given, found.secret_hash if found else "0" * 64)
    return found if found and right else None


def hint_of(request: Request, kind: str, sealed: bytes | memoryview | None) -> str:
    """An identifier masked, for pages; says so when its key is destroyed."""
    if sealed is None:
        return GONE
    try:
        return pseudonym.hint(kind, str(sealing.unseal(request.key_name, sealed)))
    except KeyShredded:
        return GONE


def plain_value(row: ResolvedIdentifier) -> str:
    """An identifier in clear, for the services that erase it. Pages use `services.unmask`, which is evidenced."""
    if row.sealed is None:
        raise KeyShredded("This identifier was destroyed at the end of the appeal window.")
    return str(sealing.unseal(row.request.key_name, row.sealed))


def suppressed(tokens: list[str]) -> dict[str, datetime]:
    """Of some tokens, those on the list: when the subject was erased. A later event is let through by the caller."""
    rows = SuppressionToken.objects.filter(token__in=tokens, until__gt=now())
    return dict(rows.order_by("erased_at").values_list("token", "erased_at"))


def notice_texts() -> dict[str, NoticeText]:
    """The texts that staff changed, by kind."""
    return {row.kind: row for row in NoticeText.objects.all()}
