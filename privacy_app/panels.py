"""What privacy officers find on their first page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.clock.services import now
from portal.core.identity.policies import Act, may
from privacy_app import selectors
from privacy_app.domain.request import State
from privacy_app.models import Request

ALMOST_OVER = 24 * 3600


@worklist(order=30)
def due_soon(user: Any) -> Iterable[WorkItem]:
    """Open requests by their 72 hours; those that wait for this person's signature come under "To sign"."""
    if not may(user, Act.READ_REQUESTS):
        return
    at = now()
    for request in selectors.inbox(user).prefetch_related("plans__findings"):  # who planned may not sign
        yield _item(user, request, at)


def _item(user: Any, request: Request, at: datetime) -> WorkItem:
    clock = request.slo(at)
    left = clock.left(at).total_seconds()
    signs = State(request.state) is State.AWAITING_APPROVAL and may(user, Act.APPROVE_DELETION, request)
    late = "bad" if left < 0 else "warn" if left < ALMOST_OVER else "wait"
    return WorkItem(
        group="To sign" if signs else "Due soon",
        text=f"{'Approve the plan of' if signs else 'Deletion request'} {request.req_id}",
        url=request.get_absolute_url(),
        when=clock.due,
        state_word="overdue" if left < 0 else request.state_words,
        state_kind=late,
    )
