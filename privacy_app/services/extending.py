"""The law's longer period: granted once, inside the first, with a letter that says why (GDPR Art. 12(3), CCPA)."""

from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.clocks import ExtensionRefused, Law, extended_due
from privacy_app.domain.notices import Notice
from privacy_app.models import Request
from privacy_app.services.lifecycle import RequestRefused, locked, reason_digest, wanted
from privacy_app.services.notices import remedies_of, tell


@transaction.atomic
def extend(*, user: Any, request_id: int, reason: str) -> Request:
    """Move the law's deadline, and tell the subject of it and of the reason in the same act.

    Raises RequestRefused for an ended request, a second extension, and once the first period is over.
    """
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    request.extension_reason = wanted(reason, "An extension")
    if not request.is_open:
        raise RequestRefused("This request has ended, so there is no deadline to extend.")
    try:
        due = extended_due(request.received_at, now(), Law(request.law), extended=request.extended_at is not None)
    except ExtensionRefused as refused:
        raise RequestRefused(str(refused)) from None
    request.extended_at = now()
    request.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "law": Law(request.law).name,
        "due": f"{due:%Y-%m-%d}",
        "reason_digest": reason_digest(reason),
    }
    record(kinds.EXTENDED, actor=actor_of(user), payload=payload)
    tell(request, Notice.EXTENSION, {"reason": request.extension_reason, "remedies": remedies_of(request)})
    return request
