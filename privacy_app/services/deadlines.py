"""Paging about the 72 hours: from the 48th on the privacy lead is paged. No count, reference or name leaves the inbox.

Design: "At 48 h the deadline itself is an alert that pages the privacy lead". A request that waits for its subject is a
ticket at most, and one whose identity nobody proved yet is none at all: anybody can send such requests, and must not be
able to ring a telephone at night by it.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal.core.identity.models import Team
from portal.core.oncall.services import page, resolve
from privacy_app.domain.clocks import SLO, alert_at
from privacy_app.domain.request import OPEN, State
from privacy_app.models import Request

KEY = "privacy:deadline"
BODY = (
    "The inbox lists open requests by hours left. How many and which they are is for privacy officers to see, so this "
    "message says no more. It ends by itself once no open request is near its deadline."
)


@transaction.atomic
def watch_deadlines(at: datetime) -> str:
    """Open, make worse or resolve the one page about deadlines; returns "page", "ticket" or "" (none is near).

    Nothing happens where the installation names no team for it (CUSTODY_PRIVACY_TEAM).
    """
    team = Team.objects.filter(slug=settings.PRIVACY_TEAM).first() if settings.PRIVACY_TEAM else None
    if team is None:
        return ""
    severity, late = severity_at(at)
    if not severity:
        resolve(key=KEY, at=at, text="No open deletion request is near its deadline any more.")
        return ""
    page(
        team=team,
        key=KEY,
        summary="A deletion request is past its 72 hours" if late else "A deletion request is past 48 of its 72 hours",
        body=BODY,
        severity=severity,
        url=reverse("privacy:inbox"),
        details={"source": "custody/privacy", "class": "DeletionDeadline"},
        at=at,
    )
    return severity


def severity_at(at: datetime) -> tuple[str, bool]:
    """How bad it is ("page", "ticket" or ""), and whether a request is past its 72 hours already."""
    rows = Request.objects.filter(state__in=OPEN - {State.IDENTITY_PENDING}).prefetch_related("pauses")
    found = [(alert_at(at - each.received_at, waits_for_subject=each.waits_for_subject), each) for each in rows]
    pages = [each for severity, each in found if severity == "page"]
    late = any(at - each.received_at > SLO for each in pages)
    if pages:
        return "page", late
    return ("ticket" if any(severity for severity, _ in found) else ""), False
