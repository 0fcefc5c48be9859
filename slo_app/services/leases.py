"""Who measures what now: due SLOs are leased in batches of one system, and a lease that runs out is given again.

A system is measured by a few batches at once and not by more, so that a slow one waits for itself and not everybody
for it. How many is its setting `probes_at_once`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from portal.core.catalog.selectors import systems_with
from portal.core.clock.services import now
from portal.core.identity.policies import Act, require

from ..indicators import registry
from ..models import Slo

if TYPE_CHECKING:
    from portal.core.identity.models import User

LEASE = timedelta(minutes=2)  # longer than a batch's time limit, short enough that a killed worker is soon replaced
BATCH = 50  # looks that one worker does one after the other
AT_ONCE = 1  # batches of a system at the same time, where the system does not say otherwise
SETTING = "probes_at_once"

Pair = tuple[int, int]  # an SLO and the number of its lease, which fences off who comes late

_LEASE = """
WITH busy AS (
    SELECT coalesce(system_id, 0) AS system, count(DISTINCT lease_batch) AS batches
    FROM slo_app_slo WHERE leased_until > %(now)s GROUP BY 1
), due AS (
    SELECT id, coalesce(system_id, 0) AS system,
        (row_number() OVER (PARTITION BY system_id ORDER BY next_due_at, id) - 1) / %(size)s AS batch
    FROM slo_app_slo
    WHERE enabled AND incomplete = '' AND next_due_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
        AND kind = ANY(%(kinds)s)
), chosen AS (
    SELECT due.id, due.batch FROM due
    LEFT JOIN busy USING (system)
    LEFT JOIN unnest(%(systems)s::bigint[], %(limits)s::int[]) AS allowed (system, batches) USING (system)
    WHERE due.batch < coalesce(allowed.batches, %(at_once)s) - coalesce(busy.batches, 0)
), locked AS (
    SELECT slo.id, chosen.batch FROM slo_app_slo AS slo JOIN chosen USING (id)
    WHERE slo.leased_until IS NULL OR slo.leased_until <= %(now)s
    FOR UPDATE OF slo SKIP LOCKED
)
UPDATE slo_app_slo AS slo
SET leased_until = %(until)s, lease_number = lease_number + 1, lease_attempts = lease_attempts + 1,
    lease_batch = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + locked.batch
FROM locked WHERE slo.id = locked.id
RETURNING slo.id, slo.lease_number, coalesce(slo.system_id, 0), locked.batch
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one worker measures in one go; all of it lies in one system."""

    system_id: int
    pairs: list[Pair]


@transaction.atomic
def lease_batches(size: int = BATCH) -> list[Batch]:
    """Lease what is due and may be measured now, in batches of at most `size`, each system's longest due first.

    Rows that another process is leasing are skipped, not waited for.
    """
    present = now()
    limits = _limits()
    asked: dict[str, Any] = {
        "now": present,
        "until": present + LEASE,
        "size": size,
        "kinds": list(registry.kinds()),
        "systems": list(limits),
        "limits": list(limits.values()),
        "at_once": AT_ONCE,
    }
    batches: dict[tuple[int, int], list[Pair]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, asked)
        for pk, number, system, batch in cursor.fetchall():
            batches[system, batch].append((pk, number))
    return [Batch(system, sorted(pairs)) for (system, _), pairs in sorted(batches.items())]


def lease_due(size: int = 200) -> list[Pair]:
    """As `lease_batches`, one batch after the other."""
    return [pair for batch in lease_batches(size) for pair in batch.pairs]


def take_up(pairs: Sequence[Pair]) -> list[Pair]:
    """Begin a batch: those of its leases that still hold, renewed from now; the others have gone elsewhere."""
    present = now()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE slo_app_slo AS slo SET leased_until = %s"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS mine (id, number)"
            " WHERE slo.id = mine.id AND slo.lease_number = mine.number AND slo.leased_until > %s"
            " RETURNING slo.id, slo.lease_number",
            [present + LEASE, [pk for pk, _ in pairs], [number for _, number in pairs], present],
        )
        return sorted(cursor.fetchall())


def hand_back(pairs: Sequence[Pair]) -> int:
    """Give leases back unused, so that the next tick leases them again at once; returns how many were still ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE slo_app_slo AS slo SET leased_until = NULL, lease_batch = NULL,"
            " lease_attempts = greatest(lease_attempts - 1, 0)"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS mine (id, number)"
            " WHERE slo.id = mine.id AND slo.lease_number = mine.number AND slo.leased_until IS NOT NULL",
            [[pk for pk, _ in pairs], [number for _, number in pairs]],
        )
        return int(cursor.rowcount)


def waiting() -> bool:
    """Whether an SLO is due that nobody has leased."""
    due = Slo.objects.filter(enabled=True, incomplete="", next_due_at__lte=now(), leased_until=None)
    return due.filter(kind__in=list(registry.kinds())).exists()


@transaction.atomic
def ask_for_probe(*, user: User, slo: Slo) -> None:
    """Make an SLO due at once. Raises PermissionDenied for people outside its team."""
    require(user, Act.HANDLE_INCIDENT, slo)
    Slo.objects.filter(pk=slo.pk).update(next_due_at=now())


def _limits() -> dict[int, int]:
    """Batches at once, of those systems that say so; what is no positive number is left out."""
    said = systems_with(SETTING).items()
    return {pk: int(value) for pk, value in said if str(value).isdigit() and int(value) > 0}
