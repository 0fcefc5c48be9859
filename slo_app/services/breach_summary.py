"""Telling whom the RACI has as consulted or informed: of each breach of an asset at once, of all of them once a day."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from portal.core.notify.services import enqueue
from portal.core.raci.selectors import Informed, informed_of, informed_of_workstream

from ..models import Incident
from ..notice_subjects import BREACHES

WORKSTREAM = "observability-slos"
"""The short name of the programme's third workstream; its C and I get the summary of a day."""
DAY = timedelta(days=1)
MOST_LINES = 40
LIST = "/slos/incidents/"


def tell_by_duty(incident: Incident, seen: str) -> int:
    """Tell the C and I of the asset's row once an incident; nobody of a drill. Returns how many places."""
    if incident.drill:
        return 0
    slo = incident.slo
    places = informed_of(slo.asset)
    subject = f"{incident.number} {incident.get_kind_display().lower()}: {slo}"
    lines = [
        f"{slo}: {seen}. Target {slo.target}.",
        f"{slo.owner_team or 'Nobody'} has it in hand. You need not act.",
        f"{settings.BASE_URL}{incident.get_absolute_url()}",
    ]
    for one in places:
        _post(one, subject, lines, f"slo:{incident.pk}:duty", incident.get_absolute_url())
    return len(places)


@transaction.atomic
def tell_summary(at: datetime) -> int:
    """Tell the C and I of the workstream what broke on the day before `at` (UTC); nothing of a day without breaches."""
    day = (at - DAY).date()
    fired = Incident.objects.filter(fired_at__date=day, drill=False).select_related("slo__asset").order_by("fired_at")
    count = fired.count()
    places = informed_of_workstream(WORKSTREAM) if count else []
    subject = f"SLOs on {day:%d %b %Y}: {count} breach{'' if count == 1 else 'es'}"
    for one in places:
        _post(one, subject, _lines(list(fired[:MOST_LINES]), count), f"slo:summary:{day.isoformat()}", LIST)
    return len(places)


def _lines(fired: list[Incident], count: int) -> list[str]:
    more = count - len(fired)
    return [
        *(f"- {each.number} {each.slo}: {'resolved' if each.resolved_at else 'still open'}" for each in fired),
        *([f"- and {more} more"] if more else []),
        f"{settings.BASE_URL}{LIST}",
    ]


def _post(one: Informed, subject: str, lines: list[str], key: str, path: str) -> None:
    to = hashlib.sha256(f"{one.channel}:{one.address.lower()}".encode()).hexdigest()[:20]
    body = "\n".join([*lines, "", one.why])
    enqueue(
        channel=one.channel,
        address=one.address,
        subject=subject[:150],
        body=body,
        dedup_key=f"{key}:{to}",
        about=BREACHES,
        path=path,
    )
