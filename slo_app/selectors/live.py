"""Which SLOs are live, and what the others miss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from portal.core.identity.models import Team
from portal.core.oncall.selectors import on_call_of_teams

from ..domain.live import Facts, Live, live
from ..indicators.registry import find
from ..models import Pulse, Slo
from .drills import last_delivered
from .runbooks import without_runbook

if TYPE_CHECKING:
    from portal.core.identity.models import User


def liveness(slos: Sequence[Slo], at: datetime, on_call: dict[int, list[User]] | None = None) -> dict[int, Live]:
    """By number of SLO; `on_call` spares asking again who has the turn."""
    people = duty([slo.owner_team for slo in slos if slo.owner_team], at) if on_call is None else on_call
    drills, without = last_delivered(slos), without_runbook(slos)
    facts = (
        _facts(slo, bool(people.get(slo.owner_team_id or 0)), drills.get(slo.pk), runbook=slo.pk not in without)
        for slo in slos
    )
    return {slo.pk: live(fact, at) for slo, fact in zip(slos, facts, strict=True)}


def ticked_at() -> datetime | None:
    """When a worker last ran the schedule's tick; None where it never did."""
    return Pulse.objects.filter(pk=1).values_list("ticked_at", flat=True).first()


def overdue(at: datetime) -> tuple[int, datetime | None]:
    """How many SLOs should have been looked at by now, and since when the oldest."""
    due = Slo.objects.filter(enabled=True, incomplete="", next_due_at__lt=at)
    return due.count(), due.order_by("next_due_at").values_list("next_due_at", flat=True).first()


def duty(teams: Iterable[Team], at: datetime) -> dict[int, list[User]]:
    """Who is on call of each of these teams, by number of team; a fixed number of queries."""
    return on_call_of_teams(teams, at)


def _facts(slo: Slo, on_call: bool, drilled_at: datetime | None, *, runbook: bool) -> Facts:
    return Facts(
        enabled=slo.enabled,
        installed=find(slo.kind) is not None,
        lacks=slo.incomplete,
        last_at=slo.last_at,
        stale_after=slo.stale_after,
        owner=slo.owner_team.name if slo.owner_team else "",
        on_call=on_call,
        runbook=runbook,
        drilled_at=drilled_at,
    )
