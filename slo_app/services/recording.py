"""From a look at the data to its consequences, in one transaction: measurement, alert, incident, notices, evidence."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Greatest

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest

from ..domain import alert as machine
from ..domain.measurement import Reading, Result, Verdict, judge
from ..domain.schedule import next_due
from ..indicators import registry
from ..models import Alert, Measurement, Slo
from . import throttling
from .alerts import advance, alert_of, threshold_watch
from .burning import watch_burns
from .spending import settle
from .tallies import count
from .windows import keep

if TYPE_CHECKING:
    from ..probing import Look

RECORDED = [
    "next_due_at",
    "leased_until",
    "lease_batch",
    "lease_attempts",
    "system",
    "statements",
    "last_at",
    "last_result",
    "last_value",
    "budget_left",
    "spent_at",
]


@transaction.atomic
def record_look(*, slo_id: int, fence: int, look: Look) -> Measurement | None:
    """Write one look and all that follows from it; None where the lease has gone to another worker meanwhile."""
    slo = Slo.objects.select_for_update().get(pk=slo_id)
    if slo.lease_number != fence or slo.leased_until is None:
        return None
    verdict = judge(look.reading, slo.target, slo.alert)
    measurement = _save(slo, look, verdict)
    count(slo, measurement)
    keep(slo, look.at, look.reading.windows)
    sample = _sample(look.at, verdict)
    state = advance(slo=slo, watch=threshold_watch(slo), at=look.at, sample=sample, measurement=measurement)
    wanted = machine.next_look(state, slo.rule, look.at)
    slo.next_due_at = next_due(look.at, wanted, slo.interval, slo.phase)
    slo.leased_until, slo.lease_batch, slo.lease_attempts = None, None, 0
    slo.system_id = look.system_id
    slo.statements = list(look.statements) or slo.statements
    slo.last_at, slo.last_result, slo.last_value = look.at, measurement.result, measurement.value
    settle(slo, look.at)
    slo.save(update_fields=RECORDED)
    if verdict.deciding:
        watch_burns(slo, measurement, look.at, state)
    throttling.follow(slo, look.at)
    return measurement


def lapse(limit: int = 200, *, resumed: datetime | None = None) -> int:
    """Say "no data" for SLOs that nobody has managed to measure for two intervals; returns for how many.

    An SLO whose probe is on its way for the first time is left alone, and so is one whose two intervals have not yet
    passed since the portal `resumed`: a restart after a pause measures before it complains.
    """
    present = now()
    seen: Any = Coalesce("last_sample_at", "watched_since")
    if resumed is not None:
        seen = Greatest(seen, Value(resumed))
    under_way = Q(slo__leased_until__gt=present, slo__lease_attempts=1)
    late = (
        Alert.objects.filter(
            burn="", slo__enabled=True, slo__incomplete="", slo__kind__in=list(registry.kinds()), data_lost_at=None
        )
        .annotate(seen=seen)
        .filter(seen__lt=present - machine.LOST_INTERVALS * F("slo__interval"))
        .exclude(under_way)
    )
    return sum(_lapse_one(slo_id, present) for slo_id in list(late.values_list("slo_id", flat=True)[:limit]))


@transaction.atomic
def _lapse_one(slo_id: int, present: datetime) -> bool:
    slo = Slo.objects.select_for_update(skip_locked=True).filter(pk=slo_id).first()
    if slo is None:
        return False
    before = alert_of(slo).data_lost_at
    after = advance(slo=slo, watch=threshold_watch(slo), at=present, sample=None).data_lost_at
    throttling.follow(slo, present)
    return before != after


def _sample(at: datetime, verdict: Verdict) -> machine.Sample | None:
    """What the alert takes of a measurement; None where it decides nothing."""
    if not verdict.deciding:
        return None
    return machine.Sample(at, alerting=verdict.alerting, on_target=verdict.result is Result.OK)


def _save(slo: Slo, look: Look, verdict: Verdict) -> Measurement:
    reading = look.reading
    return Measurement.objects.create(
        slo=slo,
        at=look.at,
        result=verdict.result.value,
        alerting=verdict.alerting,
        value=None if reading.value is None else round(reading.value, 6),
        good=reading.good,
        total=reading.total,
        counts=dict(reading.counts),
        figures=_figures(reading),
        method=reading.method,
        reason=reading.reason[:400],
        window_start=reading.window_start,
        window_end=reading.window_end,
        source_clock=reading.source_clock,
        cost_ms=look.cost_ms,
        digest=_digest(slo, look.at, reading),
    )


def _digest(slo: Slo, at: datetime, reading: Reading) -> str:
    """What evidence points to: the whole measurement in canonical form."""
    document = {
        "slo": slo.pk,
        "at": at.isoformat(),
        "value": _text(reading.value),
        "good": reading.good,
        "total": reading.total,
        "counts": dict(reading.counts),
        "figures": _figures(reading),
        "method": reading.method,
        "source_clock": reading.source_clock.isoformat() if reading.source_clock else None,
    }
    return digest(canonical_bytes(document))


def _figures(reading: Reading) -> dict[str, str]:
    return {name: str(value) for name, value in reading.figures.items()}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
