"""Coverage for a first page: as it was kept a moment ago where many hops are declared, else judged as one asks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from lineage_app.domain.coverage import HopState, Judged, Share
from lineage_app.models import LatestCoverage
from lineage_app.selectors.coverage import Coverage, Hop, Named, share_at, shortfall, stations
from portal.core.catalog.selectors import flow_names

FRESH = timedelta(minutes=5)
"""What is older was left behind by a worker that stands still: the hops are judged as one asks."""


def latest_share(present: datetime) -> tuple[Share, datetime | None]:
    """The share, and as of when it was kept; None where it is of this moment."""
    kept = _fresh(present).values_list("covered", "total", "at").first()
    return (Share(*kept[:2]), kept[2]) if kept else (share_at(present), None)


def latest_shortfall(present: datetime) -> tuple[Coverage, datetime | None]:
    """As `shortfall`, and as of when it was kept; None where it is of this moment."""
    kept = _fresh(present).first()
    return (_read(kept), kept.at) if kept else (shortfall(present), None)


def _fresh(present: datetime) -> QuerySet[LatestCoverage]:
    return LatestCoverage.objects.filter(at__gt=present - FRESH, at__lte=present)


def _read(kept: LatestCoverage) -> Coverage:
    """The hops with the names of today; what has been withdrawn since is left out, of the count as well."""
    known = stations({asset for hop in kept.hops for asset in hop[:2] if asset})
    names = flow_names({flow for hop in kept.hops for flow in hop[2]})
    found = [
        Hop(
            known[src] if src else None,
            known[dst],
            tuple(Named(pk, names[pk]) for pk in flows if pk in names),
            Judged(HopState(state), _moment(seen), _moment(failed), job),
        )
        for src, dst, flows, state, seen, failed, job in kept.hops
        if dst in known and (not src or src in known) and (not flows or any(pk in names for pk in flows))
    ]
    return Coverage(kept.at, tuple(found), plain=kept.total - len(kept.hops))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
