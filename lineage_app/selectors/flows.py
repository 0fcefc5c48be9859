"""Declared flows: found by words and team, each with its hops as they stand, and the runs that proved them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from lineage_app.domain.coverage import Share
from lineage_app.models import Job, RunEdge
from lineage_app.selectors.coverage import Hop, Named, Station, judge_hops
from portal.core.catalog.selectors import OnTheWay, flow_assets, flows


@dataclass(frozen=True)
class FlowStanding:
    """A flow with its assets in order and its hops; `tier` is that of its most important asset, None for none."""

    flow: Any
    assets: Sequence[Any]
    hops: Sequence[Hop]

    @property
    def tier(self) -> int | None:
        """That of its most important asset."""
        return _tier(self.assets)

    @property
    def share(self) -> Share:
        """How many of its own hops are covered."""
        return Share(sum(hop.covered for hop in self.hops), len(self.hops))


class FlowInShort(NamedTuple):
    """A flow as a list shows it: its assets in order, its tier, and how many of its hops are covered."""

    flow: Any
    assets: Sequence[OnTheWay]
    tier: int | None
    share: Share


def flows_like(*, text: str = "", team: str = "") -> QuerySet[Any]:
    """Flows whose name or one of whose assets holds `text`, of one team (its slug); by name."""
    found = flows().prefetch_related("steps__asset__owner_team").order_by("name")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(steps__asset__name__icontains=text)).distinct()
    return found.filter(owner_team__slug=team) if team else found


def standing_of(found: Iterable[Any], at: datetime) -> list[FlowStanding]:
    """The flows as they stand at `at`, in a number of queries that does not grow with them."""
    ways = [(flow, [step.asset for step in flow.steps.all()]) for flow in found]
    judged = judge_hops({(a.pk, b.pk) for _, assets in ways for a, b in pairwise(assets)}, at)
    return [
        FlowStanding(
            flow,
            assets,
            [
                Hop(_station(a), _station(b), (Named(flow.pk, flow.name),), judged[a.pk, b.pk])
                for a, b in pairwise(assets)
            ],
        )
        for flow, assets in ways
    ]


def in_short(found: Iterable[Any], at: datetime) -> list[FlowInShort]:
    """The same for a list: nothing of a hop but whether it is covered."""
    listed = list(found)
    ways = flow_assets([flow.pk for flow in listed])
    hops = {pk: [(a.pk, b.pk) for a, b in pairwise(assets)] for pk, assets in ways.items()}
    judged = judge_hops({hop for own in hops.values() for hop in own}, at)
    return [
        FlowInShort(
            flow,
            ways[flow.pk],
            _tier(ways[flow.pk]),
            Share(sum(judged[hop].covered for hop in hops[flow.pk]), len(hops[flow.pk])),
        )
        for flow in listed
    ]


def jobs_of_hops(hops: Iterable[Hop]) -> dict[int, Job]:
    """The jobs that proved these hops last, or failed at them, by their ids."""
    return Job.objects.in_bulk({hop.judged.job for hop in hops if hop.judged.job})


def provers_of_hops(hops: Iterable[Hop]) -> dict[int, set[tuple[str, str]]]:
    """Namespace and name of the jobs that proved these hops last, each with the jobs that it is part of, by its id."""
    rows = Job.objects.select_related("parent__parent").in_bulk({hop.judged.job for hop in hops if hop.judged.job})
    above = {pk: (job, job.parent, job.parent.parent if job.parent else None) for pk, job in rows.items()}
    return {pk: {(job.namespace, job.name) for job in line if job} for pk, line in above.items()}


def runs_of_hops(hops: Iterable[Hop]) -> dict[tuple[int, datetime], Any]:
    """The runs behind the hops' last proofs and failures, by job and event time."""
    wanted = {
        (hop.judged.job, moment) for hop in hops if hop.judged.job for moment in (hop.judged.seen, hop.judged.failed)
    }
    jobs, moments = {job for job, _ in wanted}, {moment for _, moment in wanted if moment}
    rows = RunEdge.objects.filter(job__in=jobs, seen_at__in=moments, is_foreign=False, known_to=None).select_related(
        "run"
    )
    return {(row.job_id, row.seen_at): row.run for row in rows if (row.job_id, row.seen_at) in wanted}


def _tier(assets: Iterable[Any]) -> int | None:
    """The lowest number among them; a vector index is 1 whatever the catalog says."""
    tiers = [1 if asset.kind == "vector_index" else asset.tier for asset in assets]
    return min((tier for tier in tiers if tier), default=None)


def _station(asset: Any) -> Station:
    team = asset.owner_team
    named = (team.pk, team.name, team.slug) if team else (None, None, None)
    return Station(asset.pk, asset.namespace, asset.name, asset.layer, asset.tier, *named)
