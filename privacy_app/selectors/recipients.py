"""Recipients of personal data, and what they answered."""

from typing import Any

from django.db.models import QuerySet

from portal.core.identity.policies import Act, require
from privacy_app.models import Recipient, RecipientNotice, Request


def register(user: Any) -> QuerySet[Recipient]:
    """Every registered recipient."""
    require(user, Act.READ_REQUESTS)
    return Recipient.objects.select_related("changed_by")


def told(user: Any, request: Request) -> QuerySet[RecipientNotice]:
    """Who was told about one request, with the answers; who did not answer is among them."""
    require(user, Act.READ_REQUESTS)
    return request.told.select_related("recipient")


def notice_of_link(req_id: str, token_hash: str) -> RecipientNotice | None:
    """What a recipient's own link leads to; None where it is not valid."""
    rows = RecipientNotice.objects.select_related("request", "recipient")
    return rows.filter(request__req_id=req_id, token_hash=token_hash).first()


def for_artifact(request: Request) -> list[dict[str, Any]]:
    """What a proof says of recipients; one that has not answered says so."""
    return [
        {
            "name": each.recipient.name,
            "told_at": f"{each.told_at:%Y-%m-%dT%H:%M:%SZ}",
            "told_by": each.recipient.channel,
            "acknowledged": each.acknowledged_at is not None,
            "outcome": each.outcome or "no answer yet",
            "receipt": each.receipt_digest or "none",
        }
        for each in request.told.select_related("recipient")
    ]
