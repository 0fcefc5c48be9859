"""A second request of the same person joins the first one that is still open, and the person is told so."""

from django.db import transaction

from portal.core.identity.actors import system_actor
from privacy_app import sealing
from privacy_app.domain.notices import Notice
from privacy_app.domain.request import ENDED, Action
from privacy_app.domain.resolution import PROVED, Resolution
from privacy_app.domain.status_words import Because
from privacy_app.models import Identifier, Request
from privacy_app.services.lifecycle import end
from privacy_app.services.notices import tell

SHOWN = (Identifier.Standing.PROVED, Identifier.Standing.ACCEPTED)


def older_of(request: Request, found: Resolution) -> Request | None:
    """The oldest open request that covers all that this one proved; None where there is none.

    Only what was proved on both sides counts: else a stranger could block somebody's request by naming their address
    first. A request that proved more than the older one is not swallowed by it, or what it adds would never be erased.
    """
    proved = {sealing.lookup_token(*each) for each, member in found.members.items() if member.source == PROVED}
    same = Identifier.objects.filter(lookup__in=proved, standing__in=SHOWN, request__pk__lt=request.pk).exclude(
        request__state__in=ENDED
    )
    older: dict[int, set[str]] = {}
    for request_id, lookup in same.exclude(request__verified_at=None).values_list("request_id", "lookup"):
        older.setdefault(request_id, set()).add(lookup)
    covering = sorted(pk for pk, lookups in older.items() if lookups >= proved)
    return Request.objects.get(pk=covering[0]) if covering else None


@transaction.atomic
def attach(request: Request, older: Request) -> Request:
    """End a locked request as part of an older one, and tell the subject which."""
    request.duplicate_of, request.trouble = older, ""
    request.closed_text = f"Part of {older.req_id}: the same proved identifiers."
    end(request, Action.ATTACH_DUPLICATE, Because.DUPLICATE, system_actor("privacy.resolution"))
    tell(request, Notice.DUPLICATE, {"older": older.req_id})
    return request
