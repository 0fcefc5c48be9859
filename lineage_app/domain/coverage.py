"""Coverage: which hops of declared tier-1 flows were proved by a run within the last seven days.

The design's rule (Coverage): the denominator is declared, never what was seen; only what a run of one's own completed
covers. A hop is a pair of assets next to each other in a flow; one that several flows share counts once. A flow is
tier 1 where one of its assets is; a tier-1 product that no flow leads to is one missing hop.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

WINDOW = timedelta(days=7)
MOST_EDGES = 4
"""A hop may lead over undeclared datasets: at most this many edges from its start to its end."""


class HopState(StrEnum):
    """How a hop stands; COVERED and SHAKY count as covered."""

    COVERED = "covered"
    SHAKY = "shaky"
    FAILED = "failed"
    STALE = "stale"
    FOREIGN = "foreign"
    DECLARED = "declared"
    NEVER = "never"
    UNKNOWN = "unknown"
    NO_FLOW = "no_flow"


class Fact(NamedTuple):
    """What the events up to one moment say of one edge: event times, None for what was never said."""

    src: int
    dst: int
    seen: datetime | None = None
    failed: datetime | None = None
    foreign: datetime | None = None
    declared: datetime | None = None
    job: int | None = None

    @property
    def failed_since(self) -> datetime | None:
        """When it failed last, where that is after it was last proved."""
        return self.failed if self.failed and (self.seen is None or self.failed > self.seen) else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A hop's state, when it was last proved, by which job, over which datasets, and when it failed since."""

    state: HopState
    seen: datetime | None = None
    failed: datetime | None = None
    job: int | None = None
    way: tuple[int, ...] = ()

    @property
    def covered(self) -> bool:
        """Whether it counts."""
        return self.state in {HopState.COVERED, HopState.SHAKY}

    @property
    def since(self) -> datetime | None:
        """From when on it is missing: seven days after its last proof; None where it never was proved."""
        return None if self.covered or self.seen is None else self.seen + WINDOW


@dataclass
class Facts:
    """The edges at hand, by where they start."""

    onward: dict[int, dict[int, Fact]] = field(default_factory=dict)

    def add(self, facts: Iterable[Fact]) -> None:
        """Take in more edges; the same edge again replaces what was known of it."""
        for fact in facts:
            self.onward.setdefault(fact.src, {})[fact.dst] = fact

    def between(self, sources: Collection[int], targets: Collection[int]) -> list[Fact]:
        """The edges straight from one of `sources` to one of `targets`."""
        known = (self.onward.get(src, {}).get(dst) for src in sources for dst in targets)
        return [fact for fact in known if fact is not None]


def declared_hops(
    flows: Mapping[int, Sequence[int]], tier_one: Collection[int]
) -> dict[tuple[int, int], tuple[int, ...]]:
    """The distinct hops of the tier-1 flows, each with the flows that declare it; a flow is its assets in order.

    >>> declared_hops({1: [10, 11, 12], 2: [9, 11, 12], 3: [7, 8]}, {12})
    {(10, 11): (1,), (11, 12): (1, 2), (9, 11): (2,)}
    """
    hops: dict[tuple[int, int], tuple[int, ...]] = {}
    top = frozenset(tier_one)
    for flow, assets in flows.items():
        if not top.isdisjoint(assets):
            for hop in pairwise(assets):
                hops[hop] = (*hops.get(hop, ()), flow)
    return hops


def without_flow(products: Iterable[int], flows: Mapping[int, Sequence[int]]) -> list[int]:
    """The products that no flow leads to: one that a flow only starts from is without.

    >>> without_flow([12, 13], {1: [13, 12]})
    [13]
    """
    led_to = {asset for assets in flows.values() for asset in assets[1:]}
    return [product for product in products if product not in led_to]


def judge(sources: Collection[int], targets: Collection[int], facts: Facts, at: datetime) -> Judged:
    """How the hop between two assets stands at `at`; `sources` and `targets` are the datasets that they claim.

    It is covered where some way from a source to a target has every edge proved within the window before `at`; what
    counts of a way is its weakest edge, of several ways the best.
    """
    if not sources or not targets:
        return Judged(HopState.UNKNOWN)
    direct = facts.between(sources, targets)
    best = max((fact for fact in direct if fact.seen), key=lambda fact: fact.seen or at, default=None)
    if best is not None and _recent(best.seen, at):
        return _proved(best, (best.src, best.dst), at)
    weakest, way = _best_way(sources, targets, facts)
    if weakest is not None and (best is None or (weakest.seen or at) >= (best.seen or at)):
        return _proved(weakest, way, at)
    return _proved(best, (best.src, best.dst), at) if best is not None else _unproved(direct)


def _recent(seen: datetime | None, at: datetime) -> bool:
    return seen is not None and at - WINDOW < seen <= at


def _proved(fact: Fact, way: tuple[int, ...], at: datetime) -> Judged:
    failed = fact.failed_since
    states = (HopState.SHAKY, HopState.COVERED) if _recent(fact.seen, at) else (HopState.FAILED, HopState.STALE)
    return Judged(states[0] if failed else states[1], fact.seen, failed, fact.job, way)


def _unproved(direct: Sequence[Fact]) -> Judged:
    failed = max((fact.failed for fact in direct if fact.failed), default=None)
    if failed:
        job = next(fact.job for fact in direct if fact.failed == failed)
        return Judged(HopState.FAILED, failed=failed, job=job)
    if any(fact.foreign for fact in direct):
        return Judged(HopState.FOREIGN)
    return Judged(HopState.DECLARED if any(fact.declared for fact in direct) else HopState.NEVER)


def _best_way(sources: Collection[int], targets: Collection[int], facts: Facts) -> tuple[Fact | None, tuple[int, ...]]:
    """The way of at most MOST_EDGES edges whose weakest edge was proved last (a widest path), with that edge."""
    latest = datetime.max.replace(tzinfo=UTC)
    best: dict[int, tuple[datetime, Fact | None, tuple[int, ...]]] = {src: (latest, None, (src,)) for src in sources}
    frontier = dict(best)
    for _ in range(MOST_EDGES):
        reached: dict[int, tuple[datetime, Fact | None, tuple[int, ...]]] = {}
        for node, (width, weakest, way) in frontier.items():
            for dst, fact in facts.onward.get(node, {}).items():
                if fact.seen is None:
                    continue
                wide, narrow = (fact.seen, fact) if fact.seen < width else (width, weakest)
                known = max((group[dst][0] for group in (best, reached) if dst in group), default=None)
                if known is None or wide > known:
                    reached[dst] = (wide, narrow, (*way, dst))
        best |= reached
        frontier = {node: found for node, found in reached.items() if node not in targets}
    found = [best[dst] for dst in targets if dst in best and best[dst][1] is not None]
    _, weakest, way = max(found, key=lambda each: each[0], default=(latest, None, ()))
    return weakest, way


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; no hop at all is no share, and never 100 %."""

    covered: int
    total: int

    @property
    def missing(self) -> int:
        """Hops without a proof."""
        return self.total - self.covered

    @property
    def percent(self) -> str:
        """In percent, rounded down so that one missing hop never reads as all; empty where there is none.

        >>> Share(1999, 2000).percent, Share(19, 20).percent, Share(0, 0).percent
        ('99.9', '95', '')
        """
        if not self.total:
            return ""
        share = (Decimal(100 * self.covered) / self.total).quantize(Decimal("0.1"), rounding=ROUND_FLOOR)
        return f"{share:f}".removesuffix(".0")

    def reaches(self, percent: float) -> bool:
        """Whether the share is at least `percent`; where nothing is declared it reaches nothing."""
        return bool(self.total) and 100 * self.covered >= percent * self.total
