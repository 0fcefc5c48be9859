"""What Prometheus is told of every SLO, in four queries whatever their number; rights are those of the token."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from portal.core.clock.services import now

from ..domain.alert import Phase
from ..domain.measurement import DECIDING, Result
from ..domain.slices import Method
from ..domain.standing import Last, Standing, standing
from ..indicators.registry import kinds
from ..models import Alert, Slo


@dataclass(frozen=True, slots=True)
class Measured:
    """The newest measurement of an SLO."""

    at: datetime
    result: Result
    value: Decimal | None
    good: int | None
    total: int | None
    cost_ms: int


@dataclass(frozen=True, slots=True)
class Metered:
    """One SLO: its row, its newest measurement, the phases of its alerts by burn rate, and how it stands.

    The alert of its threshold has the burn rate "".
    """

    slo: dict[str, Any]
    last: Measured | None
    alerts: list[tuple[str, Phase]]
    standing: Standing
    fresh: bool

    @property
    def decided(self) -> Measured | None:
        """The newest measurement where it is a verdict and says something about the present; else there is no data."""
        return self.last if self.last and self.fresh and self.last.result in DECIDING else None


ASKED = (
    "pk", "asset__namespace", "asset__name", "kind", "name", "severity", "owner_team__slug", "contract",
    "contract_version", "target_op", "target_value", "alert_op", "alert_value", "objective", "interval", "next_due_at",
    "budget_method", "budget_left", "last_at",
    "incomplete",
)  # fmt: skip


def metered(covers: Callable[[str], bool]) -> list[Metered]:
    """Every enabled SLO of an asset in a namespace that is covered, by number; no sandbox of a fire drill."""
    present = now()
    enabled = Slo.objects.filter(enabled=True, drill=False).order_by("pk")
    namespaces = enabled.order_by().values_list("asset__namespace", flat=True).distinct()
    slos = list(enabled.filter(asset__namespace__in=[each for each in namespaces if covers(each)]).values(*ASKED))
    numbers = [slo["pk"] for slo in slos]
    last, alerts, installed = _newest(slos), _alerts(numbers), kinds()
    return [
        _metered(slo, last.get(slo["pk"]), alerts.get(slo["pk"], []), slo["kind"] in installed, present) for slo in slos
    ]


def is_ratio(budget_method: str, target_op: str) -> bool:
    """Whether the objective is a share of good events, which a target of at least so much is about."""
    return budget_method == Method.OCCURRENCES and target_op in (">=", ">")


def _newest(slos: Iterable[dict[str, Any]]) -> dict[int, Measured]:
    """The newest measurement of each, at the time that the SLO's own row names: one look into one partition each."""
    pairs = [(slo["pk"], slo["last_at"]) for slo in slos if slo["last_at"] is not None]
    query = (
        "SELECT m.slo_id, m.at, m.result, m.value, m.good, m.total, m.cost_ms"
        " FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked(id, at)"
        " JOIN slo_app_measurement AS m ON m.slo_id = asked.id AND m.at = asked.at"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [[pk for pk, _ in pairs], [at for _, at in pairs]])
        return {
            slo: Measured(at, Result(result), value, good, total, cost)
            for slo, at, result, value, good, total, cost in cursor.fetchall()
        }


def overdue(rows: Iterable[Metered], at: datetime) -> int:
    """How many SLOs that can be measured are past their time by more than two intervals: the scheduler is behind."""
    due = (row.slo for row in rows if row.standing not in (Standing.NOT_INSTALLED, Standing.INCOMPLETE))
    return sum(at - slo["next_due_at"] > 2 * slo["interval"] for slo in due)


def _alerts(slo_ids: list[int]) -> dict[int, list[tuple[str, Phase]]]:
    found: dict[int, list[tuple[str, Phase]]] = {}
    rows = Alert.objects.filter(slo__in=slo_ids).order_by("burn").values_list("slo_id", "burn", "phase")
    for slo, burn, phase in rows:
        found.setdefault(slo, []).append((burn, Phase(phase)))
    return found


def _metered(
    slo: dict[str, Any],
    last: Measured | None,
    alerts: list[tuple[str, Phase]],
    installed: bool,
    present: datetime,
) -> Metered:
    stale_after: timedelta = 2 * slo["interval"]
    stands = standing(
        installed=installed,
        enabled=True,
        phase=dict(alerts).get("", Phase.OK),
        last=Last(last.at, last.result) if last else None,
        stale_after=stale_after,
        now=present,
        complete=not slo["incomplete"],
    )
    return Metered(slo, last, alerts, stands, fresh=last is not None and present - last.at <= stale_after)
