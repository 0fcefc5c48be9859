"""Adding a look to the tallies of its hour and its day, and to what its SLO says of itself now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from ..domain.measurement import DECIDING, Result
from ..domain.schedule import slice_of
from ..domain.slices import NOTHING, Count, Method, by_occurrence, by_slice
from ..models import Grain, Measurement, Slo

_VERDICTS = [each.value for each in DECIDING]
_ADD = """
INSERT INTO slo_app_tally AS t (slo_id, grain, start, bad, total, slices, looks, undecided, low, high, cost_ms)
SELECT %(slo)s, grain, start, %(bad)s, %(total)s, %(slices)s, 1, %(undecided)s, %(value)s, %(value)s, %(cost)s
FROM unnest(%(grains)s::text[], %(starts)s::timestamptz[]) AS stretch (grain, start)
ON CONFLICT (slo_id, grain, start) DO UPDATE SET
    bad = t.bad + excluded.bad, total = t.total + excluded.total, slices = t.slices + excluded.slices,
    looks = t.looks + 1, undecided = t.undecided + excluded.undecided, cost_ms = t.cost_ms + excluded.cost_ms,
    low = least(t.low, excluded.low), high = greatest(t.high, excluded.high)
"""


def count(slo: Slo, measurement: Measurement) -> None:
    """Add one look; the caller's transaction holds the SLO's row, so that two looks never count at the same time."""
    start = slice_of(measurement.at, slo.interval, slo.phase)
    earlier = _in_slice(slo, measurement, start)
    by_time = by_slice(Result(measurement.result), earlier)
    added, moment = by_time, start
    if slo.budget_method == Method.OCCURRENCES:
        added, moment = _rows(slo, measurement), measurement.window_end or measurement.at
    _add(slo, measurement, added, by_time.total, moment)


def _in_slice(slo: Slo, measurement: Measurement, start: datetime) -> Count:
    """What the slice has counted already."""
    judged = Measurement.objects.filter(slo=slo, at__gte=start, at__lt=start + slo.interval, result__in=_VERDICTS)
    results = set(judged.exclude(pk=measurement.pk).values_list("result", flat=True))
    return Count(int(Result.BREACH.value in results), 1) if results else NOTHING


def _rows(slo: Slo, measurement: Measurement) -> Count:
    """The rows of a look, less those that an earlier look at the same window has counted."""
    rows = by_occurrence(Result(measurement.result), measurement.good, measurement.total)
    if rows == NOTHING or measurement.window_start is None or measurement.window_end is None:
        return rows
    same = Measurement.objects.filter(
        slo=slo,
        window_start=measurement.window_start,
        window_end=measurement.window_end,
        at__gte=measurement.window_end,
        good__isnull=False,
        result__in=_VERDICTS,
    )
    before = same.exclude(pk=measurement.pk).order_by("-at", "-pk").first()
    return rows - by_occurrence(Result(before.result), before.good, before.total) if before else rows


def _add(slo: Slo, measurement: Measurement, added: Count, slices: int, moment: datetime) -> None:
    hour = moment.replace(minute=0, second=0, microsecond=0)
    facts: dict[str, Any] = {
        "slo": slo.pk,
        "grains": [Grain.HOUR.value, Grain.DAY.value],
        "starts": [hour, hour.replace(hour=0)],
        "bad": added.bad,
        "total": added.total,
        "slices": slices,
        "undecided": int(measurement.result not in _VERDICTS),
        "value": measurement.value,
        "cost": measurement.cost_ms,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, facts)
