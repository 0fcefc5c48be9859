"""Everything that happened to one request: its entries in the ledger, with names, and its letters."""

from typing import Any

from django.db.models import QuerySet

from portal.core.evidence.selectors import entries_with
from portal.core.identity.policies import Act, require
from portal.core.identity.selectors import names_of
from privacy_app.models import Letter, Request

MOST = 200


def happened(user: Any, request: Request) -> list[dict[str, Any]]:
    """The newest entries about a request, oldest first, each with its sentence; at most two hundred."""
    require(user, Act.READ_REQUESTS)
    newest = entries_with(request.req_id).filter(kind__startswith="privacy:").order_by("-pk")[:MOST]
    rows = sorted(newest, key=lambda each: each.pk)
    names = names_of(user, {each.actor_id for each in rows})
    return [{"entry": each, "text": each.tell(names.get(each.actor_id, each.actor.label))} for each in rows]


def letters(user: Any, request: Request) -> QuerySet[Letter]:
    """The letters that were written about a request, oldest first; never their text."""
    require(user, Act.READ_REQUESTS)
    return request.letters.order_by("made_at", "pk")
