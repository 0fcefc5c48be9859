"""How the SLOs of assets stood at past moments, in four queries whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q

from portal.core.clock.services import now

from ..domain.measurement import shown
from ..domain.past import Counted, Stood, stood
from ..models import Incident, Slo
from .boards import last_look

Asked = tuple[int, datetime]
"""An asset's number, and the moment."""

FARTHEST = 10
_LOOKS = """
SELECT asked.place, m.at, m.result, m.value
FROM unnest(%s::int[], %s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS asked (place, slo, at, oldest)
CROSS JOIN LATERAL (
    SELECT at, result, value FROM slo_app_measurement
    WHERE slo_id = asked.slo AND at <= asked.at AND at >= asked.oldest ORDER BY at DESC LIMIT 1
) AS m
"""
_TALLIES = """
SELECT asked.place, t.grain, t.looks, t.undecided, t.bad, t.total
FROM unnest(%s::int[], %s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS asked (place, slo, at, oldest)
CROSS JOIN LATERAL (
    SELECT * FROM slo_app_tally WHERE slo_id = asked.slo AND (
        (grain = 'h' AND start = date_trunc('hour', asked.at, 'UTC'))
        OR (grain = 'd' AND start = date_trunc('day', asked.at, 'UTC'))
    ) AND looks > 0 ORDER BY grain = 'h' DESC LIMIT 1
) AS t
"""


@dataclass(frozen=True)
class Then:
    """One SLO at one moment: how it stood, what was measured last, and the incidents that were open."""

    slo: Slo
    at: datetime
    stood: Stood
    looked_at: datetime | None
    value: str
    incidents: tuple[Incident, ...]


def stood_at(asked: Iterable[Asked]) -> dict[Asked, list[Then]]:
    """For each question the asset's SLOs as they stood then; nothing for an asset without one, drills left out.

    Targets are those of today: what was promised then is in the contract version of that time.
    """
    questions = sorted(set(asked))
    slos: dict[int, list[Slo]] = defaultdict(list)
    wanted = Slo.objects.filter(asset__in={asset for asset, _ in questions}, drill=False)
    for slo in wanted.select_related("asset").order_by("kind", "name", "pk"):
        slos[slo.asset_id].append(slo)
    pairs = [(slo, at) for asset, at in questions for slo in slos[asset]]
    found: dict[Asked, list[Then]] = {question: [] for question in questions}
    for each in _told(pairs):
        found[each.slo.asset_id, each.at].append(each)
    return found


def _told(pairs: Sequence[tuple[Slo, datetime]]) -> list[Then]:
    looks = {place: rest for place, *rest in _rows(_LOOKS, pairs)}
    tallies = {place: Counted(*rest) for place, *rest in _rows(_TALLIES, pairs)}
    open_ones, raw_since = _incidents(pairs), now() - timedelta(days=settings.SLO_RAW_DAYS)
    told = []
    for place, (slo, at) in enumerate(pairs):
        looked_at, result, value = looks.get(place, (None, None, None))
        burning = tuple(each for each in open_ones[slo.pk] if _open(each, at))
        state = stood(
            at,
            created_at=slo.created_at,
            stale_after=slo.stale_after,
            last=last_look(looked_at, result),
            tally=tallies.get(place),
            raw_since=raw_since,
            firing=any(_unheard(each, at) for each in burning) if burning else None,
        )
        told.append(Then(slo, at, state, looked_at, "" if value is None else shown(value, slo.target), burning))
    return told


def _rows(statement: str, pairs: Sequence[tuple[Slo, datetime]]) -> list[tuple]:  # type: ignore[type-arg]
    if not pairs:
        return []
    oldest = [at - FARTHEST * slo.stale_after for slo, at in pairs]  # an older look would only say "stale" as well
    values = [list(range(len(pairs))), [slo.pk for slo, _ in pairs], [at for _, at in pairs], oldest]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _incidents(pairs: Sequence[tuple[Slo, datetime]]) -> dict[int, list[Incident]]:
    found: dict[int, list[Incident]] = defaultdict(list)
    if pairs:
        first, last = min(at for _, at in pairs), max(at for _, at in pairs)
        within = Q(resolved_at=None) | Q(resolved_at__gt=first)
        rows = Incident.objects.filter(within, slo__in={slo.pk for slo, _ in pairs}, fired_at__lte=last, drill=False)
        for each in rows.order_by("fired_at", "pk"):
            found[each.slo_id].append(each)
    return found


def _open(incident: Incident, at: datetime) -> bool:
    return incident.fired_at <= at and (incident.resolved_at is None or incident.resolved_at > at)


def _unheard(incident: Incident, at: datetime) -> bool:
    taken = incident.first_acknowledged_at
    return taken is None or taken > at
