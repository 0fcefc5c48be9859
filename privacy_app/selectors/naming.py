"""Requests by their reference, for the search of the portal; nothing else of them is searched."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from portal.core.identity.policies import Act, require
from privacy_app.models import Request


def requests_called(user: Any, reference: str) -> QuerySet[Request]:
    """The requests whose reference begins so, with or without its DEL-; the newest first."""
    require(user, Act.READ_REQUESTS)
    said = reference.upper()
    begin = said if said.startswith("DEL") else f"DEL-{said}"
    return Request.objects.filter(req_id__startswith=begin).order_by("-req_id")
