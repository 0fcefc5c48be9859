"""What is kept of coverage: each day's count once, as of its end, and how a large estate stood at the last look."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from lineage_app.evidence_kinds import COVERAGE_COUNTED
from lineage_app.models import CoverageDay, LatestCoverage
from lineage_app.selectors.coverage import Coverage, coverage, shortfall
from lineage_app.selectors.lag import projected_until
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor

SETTLE = timedelta(hours=1)
"""How long after its end a day is counted, so that events which come late are in it."""
MOST_DAYS = 60
KEPT_FROM = 1_000
"""Of fewer hops nothing is kept: they are judged while somebody waits, so that what they declared shows at once."""


def count_days(at: datetime) -> list[CoverageDay]:
    """Count every day that ended and was not counted yet, oldest first, at most MOST_DAYS; returns the new rows.

    A day waits until all events that were received by its end and SETTLE are in the graph.
    """
    ready = min(at, projected_until(at)) - SETTLE
    last = CoverageDay.objects.order_by("-day").values_list("day", flat=True).first()
    day = last + timedelta(days=1) if last else ready.date() - timedelta(days=1)
    made: list[CoverageDay] = []
    while day_end(day) <= ready and len(made) < MOST_DAYS:
        made += _count(day, at)
        day += timedelta(days=1)
    return made


def day_end(day: date) -> datetime:
    """The moment as of which a day is counted."""
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=1)


def keep_latest(at: datetime) -> bool:
    """Keep how coverage stands at `at`, for pages; where few hops are declared, keep nothing."""
    found = shortfall(at)
    if found.share.total < KEPT_FROM:
        LatestCoverage.objects.all().delete()
        return False
    hops = [
        [
            hop.src and hop.src.pk,
            hop.dst.pk,
            [flow.pk for flow in hop.flows],
            hop.state.value,
            hop.judged.seen and hop.judged.seen.isoformat(),
            hop.judged.failed and hop.judged.failed.isoformat(),
            hop.judged.job,
        ]
        for hop in found.hops
    ]
    kept = {"at": at, "covered": found.share.covered, "total": found.share.total, "hops": hops}
    LatestCoverage.objects.update_or_create(pk=1, defaults=kept)
    return True


@transaction.atomic
def _count(day: date, at: datetime) -> list[CoverageDay]:
    """The day's row with its entry in the ledger; nothing where another worker was first."""
    found = coverage(day_end(day))
    share, missing = found.share, _missing(found)
    counted = {"covered": share.covered, "total": share.total, "missing": missing, "counted_at": at}
    row, created = CoverageDay.objects.get_or_create(day=day, defaults=counted)
    if not created:
        return []
    if share.total:
        payload: dict[str, str | int] = {
            "day": day.isoformat(),
            "covered": share.covered,
            "total": share.total,
            "percent": share.percent,
            "missing_digest": digest(canonical_bytes(missing)),
        }
        record(COVERAGE_COUNTED, actor=system_actor("lineage.coverage"), payload=payload)
    return [row]


def _missing(found: Coverage) -> list[list[str]]:
    ends = ((hop, f"{hop.src.namespace}/{hop.src.name}" if hop.src else "") for hop in found.missing)
    return [[start, f"{hop.dst.namespace}/{hop.dst.name}", hop.state.value] for hop, start in ends]
