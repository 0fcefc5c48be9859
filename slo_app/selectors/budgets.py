"""What is left of error budgets, and how fast they burn; read from the tallies, whatever the length of history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from portal.core.clock.services import now

from ..domain.budget import Budget
from ..domain.burn import Window
from ..domain.measurement import DECIDING
from ..domain.schedule import EPOCH
from ..domain.slices import Method
from ..models import Grain, Slo, Tally

DAY = timedelta(days=1)
FINE = timedelta(hours=6)  # windows up to here are read look by look, longer ones from the tallies of hours

_SPENT = """
SELECT asked.id, sum(t.bad), sum(t.total), sum(t.slices)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS asked (id, hour, day)
CROSS JOIN LATERAL (
    SELECT bad, total, slices FROM slo_app_tally
    WHERE slo_id = asked.id AND grain = 'd' AND start >= asked.day AND start <= %s
    UNION ALL
    SELECT bad, total, slices FROM slo_app_tally
    WHERE slo_id = asked.id AND grain = 'h' AND start >= asked.hour AND start < asked.day AND start <= %s
) AS t GROUP BY asked.id
"""
_BURNED = """
SELECT asked.id, sum(t.bad), sum(t.total) FROM unnest(%s::bigint[]) AS asked (id)
JOIN slo_app_tally t ON t.slo_id = asked.id AND t.grain = 'h' AND t.start >= %s AND t.start <= %s
GROUP BY asked.id
"""
_LOOKS = """
SELECT count(*) FILTER (WHERE bad), count(*), coalesce(sum(total - least(good, total)), 0), coalesce(sum(total), 0)
FROM (
    SELECT bool_or(result = 'breach') AS bad,
        (array_agg(good ORDER BY at DESC))[1] AS good, (array_agg(total ORDER BY at DESC))[1] AS total
    FROM slo_app_measurement
    WHERE slo_id = %s AND at > %s AND at <= %s AND result = ANY(%s)
    GROUP BY CASE WHEN %s AND window_start IS NOT NULL AND window_end IS NOT NULL
        THEN window_end::text || window_start::text ELSE date_bin(%s, at, %s)::text END
) AS slices
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """A budget with nothing left, for whoever acts on it; `freezes` says whether deploys stop."""

    slo: Slo
    budget: Budget
    since: datetime
    freezes: bool


def budgets_at(slos: Sequence[Slo], at: datetime) -> dict[int, Budget]:
    """The budget of each SLO over its own window; those with nothing judged are left out.

    A window begins with a full hour, so that a budget of 28 days is 28 days and up to 59 minutes.
    """
    starts = [(at - slo.budget_window).replace(minute=0, second=0, microsecond=0) for slo in slos]
    days = [start if start.hour == 0 else start.replace(hour=0) + DAY for start in starts]
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, [[slo.pk for slo in slos], starts, days, at, at])
        counted = {row[0]: tuple(map(int, row[1:])) for row in cursor.fetchall()}
    found = ((slo, *counted.get(slo.pk, (0, 0, 0))) for slo in slos)
    return {slo.pk: _whole(slo, bad, total, slices) for slo, bad, total, slices in found if total > 0}


def budget_of(slo: Slo, at: datetime | None = None) -> Budget | None:
    """The error budget of one SLO; None without a verdict."""
    return budgets_at([slo], at or now()).get(slo.pk)


def budgets_of(asset_ids: Iterable[int]) -> list[tuple[Slo, Budget]]:
    """The error budgets of these assets' SLOs, those that have a verdict to count; no rights are asked."""
    found = list(Slo.objects.filter(asset__in=list(asset_ids), enabled=True).select_related("asset"))
    budgets = budgets_at(found, now())
    return [(slo, budgets[slo.pk]) for slo in found if slo.pk in budgets]


def spent_of(asset_ids: Iterable[int]) -> list[Spent]:
    """The spent budgets of these assets' SLOs, as throttle and gate ask for them; no rights are asked."""
    return [
        Spent(slo, budget, slo.spent_at or now(), slo.freezes) for slo, budget in budgets_of(asset_ids) if budget.spent
    ]


def burned(slos: Sequence[Slo], at: datetime, length: timedelta) -> dict[int, Budget]:
    """What each SLO's budget counted in the last `length`, to the full hour; those with nothing judged are left out."""
    start = (at - length).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_BURNED, [[slo.pk for slo in slos], start, at])
        counted = {pk: (int(bad), int(total)) for pk, bad, total in cursor.fetchall()}
    return {slo.pk: _budget(slo, *counted[slo.pk]) for slo in slos if counted.get(slo.pk, (0, 0))[1] > 0}


def window_of(slo: Slo, at: datetime, length: timedelta) -> Window:
    """What was judged in the last `length` before `at`: to the look up to six hours, to the full hour beyond."""
    if length > FINE:
        return _window_of_hours(slo, at, length)
    rows = slo.budget_method == Method.OCCURRENCES
    asked = [slo.pk, at - length, at, [each.value for each in DECIDING], rows, slo.interval, EPOCH + slo.phase]
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS, asked)
        bad, slices, bad_rows, all_rows = map(int, cursor.fetchone())
    return Window(_budget(slo, bad_rows, all_rows) if rows else _budget(slo, bad, slices), judged=slices)


def _window_of_hours(slo: Slo, at: datetime, length: timedelta) -> Window:
    start = (at - length).replace(minute=0, second=0, microsecond=0)
    hours = Tally.objects.filter(slo=slo, grain=Grain.HOUR, start__gte=start, start__lte=at)
    sums = hours.aggregate(bad=Sum("bad"), total=Sum("total"), slices=Sum("slices"))
    return Window(_budget(slo, sums["bad"] or 0, sums["total"] or 0), judged=sums["slices"] or 0)


def burn_down(slo: Slo, at: datetime) -> list[tuple[datetime, Decimal]]:
    """How the share left fell over the window, at the end of each hour that counted something, oldest first.

    It begins full: what was spent before the window is not the window's. The total is the whole window's, so that the
    last point is the budget that is left now.
    """
    start = (at - slo.budget_window).replace(minute=0, second=0, microsecond=0)
    hours = Tally.objects.filter(slo=slo, grain=Grain.HOUR, start__gte=start, start__lte=at, total__gt=0)
    counted = list(hours.order_by("start").values_list("start", "bad", "total", "slices"))
    whole = _whole(slo, 0, sum(row[2] for row in counted), sum(row[3] for row in counted))
    allowed = (1 - slo.objective) * max(whole.total, whole.expected)
    points, bad = [], 0
    for hour, more, _, _ in counted:
        bad += more
        points.append((min(hour + timedelta(hours=1), at), 1 - Decimal(bad) / allowed))
    return points


def _whole(slo: Slo, bad: int, total: int, slices: int) -> Budget:
    """A budget with what its whole window holds; for rows, at as many a slice as there were so far."""
    budget, expected = _budget(slo, bad, total), slo.budget_window // slo.interval
    return replace(budget, expected=budget.total * max(expected, slices) // max(slices, 1))


def _budget(slo: Slo, bad: int, total: int) -> Budget:
    """Windows that are judged again may leave an hour with less than nothing; a share stays a share."""
    total = max(total, 0)
    return Budget(slo.objective, bad=min(max(bad, 0), total), total=total)
