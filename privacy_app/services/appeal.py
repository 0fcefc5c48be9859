"""The end of a request's own data: the appeal window, and the destruction of its key."""

from datetime import date, timedelta

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore
from privacy_app.domain.request import ENDED
from privacy_app.models import Request

WINDOW = timedelta(days=90)


@transaction.atomic
def open_window(request_id: int) -> date:
    """The day on which the request's key is destroyed: ninety days from now, to complain and to check the proof."""
    request = Request.objects.select_for_update().get(pk=request_id)
    if request.appeal_until is None:
        request.appeal_until = (now() + WINDOW).date()
        request.save(update_fields=["appeal_until"])
    return request.appeal_until


def shred_due() -> int:
    """Destroy the keys of ended requests whose window is over; returns how many."""
    due = Request.objects.filter(state__in=ENDED, appeal_until__lt=now().date(), shredded_at=None)
    for request in due:
        _shred(request.pk)
    return len(due)


@transaction.atomic
def _shred(request_id: int) -> None:
    """Remove the sealed values, then the key: after a crash in between the key file is only an orphan to remove."""
    request = Request.objects.select_for_update().get(pk=request_id)
    for rows in (request.identifiers, request.resolved, request.waiting_edges):
        rows.update(sealed=None)
    request.steps.update(sealed_found=None)
    request.sealed_secret, request.shredded_at = None, now()
    request.save()
    record(kinds.SHREDDED, actor=system_actor("privacy.appeal"), payload={"request": request.req_id})
    keystore.shred(request.key_name)
