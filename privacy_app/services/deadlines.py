"""Paging about the 72 hours: near their end a ticket, past it a page. No count, reference or name leaves the inbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal.core.identity.models import Team
from portal.core.oncall.services import page, resolve
from privacy_app.domain.request import OPEN
from privacy_app.models import Request

KEY = "privacy:deadline"
NEAR = timedelta(hours=12)
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
    severity = severity_at(at)
    if not severity:
        resolve(key=KEY, at=at, text="No open deletion request is near its deadline any more.")
        return ""
    late = severity == "page"
    page(
        team=team,
        key=KEY,
        summary="A deletion request is past its 72 hours" if late else "A deletion request is near its 72 hours",
        body=BODY,
        severity=severity,
        url=reverse("privacy:inbox"),
        details={"source": "custody/privacy", "class": "DeletionDeadline"},
        at=at,
    )
    return severity


def severity_at(at: datetime) -> str:
    """How bad it is: "page" where an open request is past its deadline, "ticket" where one is near, else ""."""
    left = [each.slo(at).left(at) for each in Request.objects.filter(state__in=OPEN).prefetch_related("pauses")]
    least = min(left, default=NEAR)
    if least < timedelta(0):
        return "page"
    return "ticket" if least < NEAR else ""
