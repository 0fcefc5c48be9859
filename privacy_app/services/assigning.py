"""Who has a request in hand."""

from typing import Any

from django.db import transaction

from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, may, require
from privacy_app import evidence_kinds as kinds
from privacy_app.models import Request
from privacy_app.services.lifecycle import RequestRefused, locked


@transaction.atomic
def assign(*, user: Any, request_id: int, to: Any | None) -> Request:
    """Take a request, give it to another privacy officer, or lay it back (None); giving it again changes nothing.

    It binds nobody: whoever has the right may still act. That it changed hands is evidence: it says who was at it.
    """
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    if not request.is_open:
        raise RequestRefused("This request has ended, so nobody needs to have it.")
    if to is not None and not may(to, Act.READ_REQUESTS):
        raise RequestRefused("Only a privacy officer can have a request.")
    if request.assignee_id == (to.pk if to else None):
        return request
    request.assignee = to
    request.save(update_fields=["assignee"])
    payload: dict[str, str | int] = {"request": request.req_id, "to": str(to.public_id) if to else "nobody"}
    record(kinds.ASSIGNED, actor=actor_of(user), payload=payload)
    return request
