"""Coverage for a first page: as it was kept a moment ago where many hops are declared, else judged as one asks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from lineage_app.domain.coverage import HopState, Judged, Share
from lineage_app.models import LatestCoverage
from lineage_app.selectors.coverage import Coverage, Hop, Named, judge_hops, share_at, shortfall, stations
from portal.core.catalog.selectors import assets, flow_names, without_a_flow

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


def latest_missing(present: datetime, teams: Collection[int]) -> list[Hop]:
    """The missing hops to assets of these teams as they stand now; where coverage is kept, those that it found open."""
    kept = _fresh(present).first()
    if kept is None:
        return shortfall(present, teams=teams).missing
    found = [hop for hop in _read(kept).hops if hop.dst.team in teams]
    declared = [(hop, hop.src) for hop in found if hop.src]
    judged = judge_hops([(src.pk, hop.dst.pk) for hop, src in declared], present)
    again = [hop._replace(judged=judged[src.pk, hop.dst.pk]) for hop, src in declared]
    return Coverage(present, (*again, *_still_without_flow([hop for hop in found if not hop.src]))).missing


def _still_without_flow(hops: list[Hop]) -> list[Hop]:
    products = assets().filter(pk__in=[hop.dst.pk for hop in hops]).order_by()
    without = set(without_a_flow(products).values_list("pk", flat=True)) if hops else set()
    return [hop for hop in hops if hop.dst.pk in without]


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
