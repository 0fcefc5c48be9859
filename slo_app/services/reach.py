"""Who reads an asset, by what lineage holds now: kept beside the level, so that an answer need not walk the graph.

Written apart from the state changes, since an asset may feed ten thousand jobs; an asset that holds back is read again
every minute, every other within RECHECK, so that what lineage learns later is picked up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from lineage_app.selectors import consumers_of
from portal.core.clock.services import now

from ..domain.throttle import FULL
from ..models import ThrottleLevel
from ..models.throttle import digest_of

RECHECK = timedelta(minutes=10)
HELD_RECHECK = timedelta(minutes=1)
_WANTED = "unnest(%(consumers)s::text[], %(namespaces)s::text[], %(names)s::text[], %(hops)s::int[])"
_GONE = "DELETE FROM slo_app_throttlereach WHERE asset_id = %(asset)s AND NOT consumer = ANY(%(consumers)s::text[])"
_NEW = f"""
INSERT INTO slo_app_throttlereach (asset_id, consumer, namespace, name, hops, told)
SELECT %(asset)s, n.*, 'allow 1.0' FROM {_WANTED} n(consumer, namespace, name, hops)
ON CONFLICT (asset_id, consumer) DO UPDATE SET hops = excluded.hops WHERE slo_app_throttlereach.hops <> excluded.hops
"""  # noqa: S608  # the parts are constants, only parameters hold values


@transaction.atomic
def refresh_reach(*, asset_id: int, at: datetime) -> int:
    """Read the asset's consumers from lineage and keep them; returns how many there are."""
    nearest: dict[str, tuple[str, str, int]] = {}
    for namespace, name, hops in consumers_of(asset_id):
        digest = digest_of(f"{namespace}/{name}")
        known = nearest.get(digest)
        if known is None or hops < known[2]:
            nearest[digest] = (namespace, name, hops)
    found = list(nearest.values())
    values: dict[str, Any] = {
        "asset": asset_id,
        "consumers": list(nearest),
        "namespaces": [each[0] for each in found],
        "names": [each[1] for each in found],
        "hops": [each[2] for each in found],
    }
    with connection.cursor() as cursor:
        cursor.execute(_GONE, values)
        cursor.execute(_NEW, values)
    direct = sum(hops == 1 for _, _, hops in nearest.values())
    ThrottleLevel.objects.filter(asset=asset_id).update(reach_at=at, direct=direct, further=len(nearest) - direct)
    return len(nearest)


def refresh_reaches(limit: int = 50) -> int:
    """Read the consumers of the assets whose list is oldest; returns of how many assets."""
    present = now()
    holds = Q(factor__lt=FULL) | Q(unknown=True)
    due = Q(reach_at=None) | Q(reach_at__lte=present - RECHECK) | (holds & Q(reach_at__lte=present - HELD_RECHECK))
    oldest = ThrottleLevel.objects.filter(due).order_by(F("reach_at").asc(nulls_first=True))
    assets = list(oldest.values_list("asset", flat=True)[:limit])
    for asset_id in assets:
        refresh_reach(asset_id=asset_id, at=present)
    return len(assets)
