"""What must happen to open incidents between two looks: silences begin and end, and acknowledgements run out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from portal.core.clock.services import now

from ..domain import alert as machine
from ..models import Alert, Incident
from ..selectors.silences import in_force, silence_over
from .consequences import Context, follow
from .drills import follow_drills
from .notices import hold_back, tell_waiting
from .postmortems import remind_of_postmortems
from .relating import relate_incidents


def make_rounds(limit: int = 200) -> int:
    """All that incidents need between two looks; returns for how many something was done."""
    return relate_incidents() + remind_of_postmortems() + follow_drills() + tend(limit)


def tend(limit: int = 200) -> int:
    """Hold back what a silence covers now, tell of what none does any more, take expired acknowledgements back.

    Returns how many alerts that were.
    """
    present = now()
    untaken = Incident.objects.filter(resolved_at=None, acknowledged_at=None)
    told, untold = untaken.exclude(notified_at=None), untaken.filter(notified_at=None)
    covered = told.filter(slo__owner_team__in=in_force(present).values("team"))
    deeds: list[tuple[QuerySet[Any], str, Callable[[Alert, datetime], int]]] = [
        (covered, "alert", _hold),
        (untold, "alert", _tell),
        (Alert.objects.filter(acknowledged_until__lte=present), "pk", _expire),
    ]
    rounds = [(list(rows.values_list(field, flat=True)[:limit]), deed) for rows, field, deed in deeds]
    return sum(_each(pk, present, deed) for pks, deed in rounds for pk in pks)


@transaction.atomic
def _each(alert_id: int, present: datetime, deed: Callable[[Alert, datetime], int]) -> int:
    """Do it under the alert's lock; an alert that a probe holds now is left to the next round."""
    locked = Alert.objects.select_for_update(of=("self",), skip_locked=True)
    alert = locked.select_related("slo__asset", "slo__owner_team").filter(pk=alert_id).first()
    return deed(alert, present) if alert else 0


def _hold(alert: Alert, present: datetime) -> int:
    open_now = Incident.objects.select_for_update(of=("self",)).select_related("alert", "slo")
    incident = open_now.filter(alert=alert, resolved_at=None, acknowledged_at=None).exclude(notified_at=None).first()
    if incident is None or silence_over(incident, present) is None:
        return 0
    hold_back(incident, present)
    return 1


def _tell(alert: Alert, present: datetime) -> int:
    return tell_waiting(alert, present, "still wrong")


def _expire(alert: Alert, present: datetime) -> int:
    state, events = machine.expire(alert.state, present)
    if not events:
        return 0
    alert.take(state)
    follow(events, Context(slo=alert.slo, alert=alert, measurement=None, at=present, seen="still wrong"))
    return 1
