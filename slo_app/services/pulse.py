"""The schedule's own pulse: since when it has ticked without a pause, and what a jump of the clock left behind."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from portal.core.clock.services import now

from ..models import Alert, Pulse, Slo

PAUSE = timedelta(minutes=1)  # ticks come every few seconds; after a longer silence the portal was away
AHEAD = timedelta(hours=2)  # no SLO is due later than its interval and the widest shift of its grid


@transaction.atomic
def beat() -> datetime:
    """Note a tick; returns since when the portal has ticked without a pause.

    Time in which the portal was down, or which its clock jumped over, says nothing about data: whoever asks whether
    data is missing counts from there on.
    """
    present = now()
    pulse, _ = Pulse.objects.select_for_update().get_or_create(
        pk=1, defaults={"ticked_at": present, "resumed_at": present}
    )
    if not timedelta(0) <= present - pulse.ticked_at <= PAUSE:
        pulse.resumed_at = present
        recall()
    pulse.ticked_at = present
    pulse.save(update_fields=["ticked_at", "resumed_at"])
    return pulse.resumed_at


def recall() -> int:
    """Make due at once what a clock that ran ahead has put off beyond its interval; returns how many.

    Alerts that were stepped in that future take samples again from now on, instead of calling them old until then.
    """
    present = now()
    ahead: QuerySet[Alert]
    for name in ("last_sample_at", "pending_since", "clear_since", "data_lost_at"):
        ahead = Alert.objects.filter(**{f"{name}__gt": present})
        ahead.update(**{name: present})
    stray = Slo.objects.filter(enabled=True, next_due_at__gt=present + F("interval") + AHEAD)
    return stray.update(next_due_at=present)
