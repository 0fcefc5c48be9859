"""Coverage of the declared tier-1 flows at one moment: the share, every hop, and what each of the missing ones needs.

One function answers for the page, the trend, the gate and the work list, in a handful of queries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from lineage_app.domain.coverage import Facts, HopState, Judged, Share, declared_hops, judge, without_flow
from lineage_app.models import CoverageDay, Dataset
from lineage_app.selectors.hop_facts import array_text, facts_around, facts_of_pairs, loose_hops, plainly_covered
from portal.core.catalog.selectors import assets, flow_names, flow_ways, tier_one_assets, without_a_flow

TREND_DAYS = 90
PLAIN = Judged(HopState.COVERED)
"""What `coverage` says of a hop that an edge proves straight: enough to be counted, and asked for its proof later."""


class Station(NamedTuple):
    """An asset on the way, as much of it as coverage shows."""

    pk: int
    namespace: str
    name: str
    layer: str
    tier: int | None
    team: int | None
    team_name: str | None
    team_slug: str | None


class Named(NamedTuple):
    """A flow's number and name."""

    pk: int
    name: str


class Hop(NamedTuple):
    """One hop: its ends, the flows that declare it, and how it stands; a product without a flow has no start."""

    src: Station | None
    dst: Station
    flows: tuple[Named, ...]
    judged: Judged

    @property
    def covered(self) -> bool:
        """Whether it counts as covered."""
        return self.judged.covered

    @property
    def state(self) -> HopState:
        """How it stands."""
        return self.judged.state


@dataclass(frozen=True)
class Coverage:
    """The share at one moment, and the hops behind it; `plain` more are covered and only counted."""

    at: datetime
    hops: tuple[Hop, ...]
    plain: int = 0

    @cached_property
    def share(self) -> Share:
        """How many of how many."""
        return Share(self.plain + sum(hop.covered for hop in self.hops), self.plain + len(self.hops))

    @cached_property
    def missing(self) -> list[Hop]:
        """The hops that are not covered, those that were lost first."""
        found = [hop for hop in self.hops if not hop.covered]
        far = datetime.max.replace(tzinfo=self.at.tzinfo)
        return sorted(found, key=lambda hop: (hop.judged.since or far, hop.dst.name, hop.src.name if hop.src else ""))


def coverage(at: datetime, *, teams: Collection[int] | None = None, ends: Collection[int] | None = None) -> Coverage:
    """Coverage as of the event time `at`; with `teams`, of the hops that lead to assets of these teams only, with
    `ends` to these assets only.
    """
    flows = flow_ways(_ends(teams, ends))
    ways = {pk: steps for pk, (_, _, steps) in flows.items()}
    declared = declared_hops(ways, set(tier_one_assets().values_list("pk", flat=True)))
    lonely = without_flow(_tier_one_products().values_list("pk", flat=True), ways)
    known = stations({asset for hop in declared for asset in hop} | set(lonely))

    def wanted(asset: int) -> bool:
        return (teams is None or known[asset].team in teams) and (ends is None or asset in ends)

    hops = {hop: by for hop, by in declared.items() if wanted(hop[1])}
    plain = plainly_covered(hops, at) if hops else set()
    judged = dict.fromkeys(plain, PLAIN) | judge_hops([hop for hop in hops if hop not in plain], at)
    named = {pk: Named(pk, flow[0]) for pk, flow in flows.items()}
    found = [
        Hop(known[src], known[dst], tuple(named[pk] for pk in by), judged[src, dst]) for (src, dst), by in hops.items()
    ]
    found += [Hop(None, known[pk], (), Judged(HopState.NO_FLOW)) for pk in lonely if wanted(pk)]
    return Coverage(at, tuple(found))


def shortfall(at: datetime, *, teams: Collection[int] | None = None) -> Coverage:
    """Coverage as `coverage` has it, but the hops that an edge proves straight are counted only: for a first page."""
    of_teams = {} if teams is None else {"owner_team__in": teams}
    loose, total = loose_hops(at, _ends(teams, None))
    judged = judge_hops(loose, at)
    lonely = list(without_a_flow(_tier_one_products().filter(**of_teams)).values_list("pk", flat=True))
    known = stations({asset for hop in loose for asset in hop} | set(lonely))
    named = {pk: Named(pk, name) for pk, name in flow_names({flow for each in loose.values() for flow in each}).items()}
    place = {pk: number for number, pk in enumerate(named)}
    found = [
        Hop(known[src], known[dst], tuple(named[pk] for pk in sorted(flows, key=place.__getitem__)), judged[src, dst])
        for (src, dst), flows in loose.items()
    ]
    found += [Hop(None, known[pk], (), Judged(HopState.NO_FLOW)) for pk in lonely]
    return Coverage(at, tuple(found), plain=total - len(loose))


def share_at(at: datetime) -> Share:
    """The share alone, without a word about any hop."""
    loose, total = loose_hops(at)
    judged = judge_hops(loose, at)
    lonely = without_a_flow(_tier_one_products()).count()
    return Share(total - len(loose) + sum(each.covered for each in judged.values()), total + lonely)


def told_apart(hops: Iterable[Hop], at: datetime) -> list[Hop]:
    """The hops with when and by which job they were proved, which `coverage` leaves out where nothing is wrong."""
    listed = list(hops)
    plain = [(hop.src.pk, hop.dst.pk) for hop in listed if hop.src and hop.judged is PLAIN]
    judged = judge_hops(plain, at) if plain else {}
    return [
        hop._replace(judged=judged[hop.src.pk, hop.dst.pk]) if hop.src and hop.judged is PLAIN else hop
        for hop in listed
    ]


def judge_hops(hops: Collection[tuple[int, int]], at: datetime) -> dict[tuple[int, int], Judged]:
    """How each hop between two assets (by their ids) stands at `at`, whatever the tier."""
    claimed = _claimed({asset for hop in hops for asset in hop})
    facts = Facts()
    facts.add(facts_of_pairs({(s, d) for hop in hops for s in claimed[hop[0]] for d in claimed[hop[1]]}, at))
    judged = {hop: judge(claimed[hop[0]], claimed[hop[1]], facts, at) for hop in hops}
    open_ones = [hop for hop, found in judged.items() if not found.covered and found.state != HopState.UNKNOWN]
    if open_ones:  # there may be a way over datasets that nobody declared
        sources, targets = ({pk for hop in open_ones for pk in claimed[hop[end]]} for end in (0, 1))
        known = {(fact.src, fact.dst) for steps in facts.onward.values() for fact in steps.values()}
        facts.add(fact for fact in facts_around(sources, targets, at) if (fact.src, fact.dst) not in known)
        judged |= {hop: judge(claimed[hop[0]], claimed[hop[1]], facts, at) for hop in open_ones}
    return judged


def coverage_trend(days: int = TREND_DAYS) -> list[CoverageDay]:
    """The last days that were counted, oldest first, without their lists of what was missing."""
    return list(reversed(CoverageDay.objects.defer("missing").order_by("-day")[:days]))


def _claimed(asset_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The representatives of the datasets that each asset claims; empty where lineage knows none."""
    found: dict[int, set[int]] = {pk: set() for pk in asset_ids}
    rows = Dataset.objects.filter(asset__in=_among(asset_ids)).order_by().values_list("asset", "pk", "root")
    for asset, pk, root in rows:
        found[asset].add(root or pk)
    return {asset: frozenset(roots) for asset, roots in found.items()}


def _among(ids: Iterable[int]) -> RawSQL:
    """The ids as one array: thousands of parameters cost more than the question."""
    return RawSQL("SELECT unnest(%s::bigint[])", [array_text(ids)])


def _ends(teams: Collection[int] | None, ends: Collection[int] | None) -> QuerySet[Any] | None:
    """The assets to which the hops that are asked for lead; None for all of them."""
    if teams is None and ends is None:
        return None
    found = assets() if teams is None else assets().filter(owner_team__in=teams)
    return (found if ends is None else found.filter(pk__in=_among(ends))).order_by()


def _tier_one_products() -> QuerySet[Any]:
    return tier_one_assets().filter(Q(kind="product") | Q(layer="product")).order_by("namespace", "name")


def stations(ids: Iterable[int]) -> dict[int, Station]:
    """The assets of these ids, as many as there are."""
    fields = ("pk", "namespace", "name", "layer", "tier", "owner_team", "owner_team__name", "owner_team__slug")
    return {row[0]: Station(*row) for row in assets().filter(pk__in=_among(ids)).order_by().values_list(*fields)}
