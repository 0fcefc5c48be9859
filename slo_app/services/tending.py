"""What must happen to open incidents between two looks: silences end, and acknowledgements run out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from portal.core.clock.services import now

from ..domain import alert as machine
from ..models import Alert, Incident
from .consequences import Context, follow
from .notices import tell_waiting


def tend(limit: int = 200) -> int:
    """Tell of what no silence holds back any more, and take expired acknowledgements back; returns how many."""
    present = now()
    untold = Incident.objects.filter(resolved_at=None, acknowledged_at=None, notified_at=None)
    expired = Alert.objects.filter(acknowledged_until__lte=present)
    done = sum(_each(pk, present, _tell) for pk in list(untold.values_list("alert", flat=True)[:limit]))
    return done + sum(_each(pk, present, _expire) for pk in list(expired.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _each(alert_id: int, present: datetime, deed: Callable[[Alert, datetime], int]) -> int:
    """Do it under the alert's lock; an alert that a probe holds now is left to the next round."""
    locked = Alert.objects.select_for_update(of=("self",), skip_locked=True)
    alert = locked.select_related("slo__asset", "slo__owner_team").filter(pk=alert_id).first()
    return deed(alert, present) if alert else 0


def _tell(alert: Alert, present: datetime) -> int:
    return tell_waiting(alert, present, "still wrong")


def _expire(alert: Alert, present: datetime) -> int:
    state, events = machine.expire(alert.state, present)
    if not events:
        return 0
    alert.take(state)
    follow(events, Context(slo=alert.slo, alert=alert, measurement=None, at=present, seen="still wrong"))
    return 1
