"""Who is held back and why, as people look at it; every line is decided by the rule that consumers are told by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require

from ..domain.throttle import (
    BATCH,
    CLASSES,
    FULL,
    Answer,
    Cause,
    Decision,
    Held,
    Level,
    OnUnknown,
    Who,
    decide,
    level_of,
)
from ..models import Consumer, ConsumerClass, Slo, ThrottleLevel, ThrottleOverride, ThrottleReach, ThrottleSource

if TYPE_CHECKING:
    from portal.core.identity.models import User

ORDER = (Decision.DENY, Decision.DEGRADE, Decision.ALLOW)


@dataclass(frozen=True, slots=True)
class Line:
    """One consumer of one asset: how far away it is, its class, what it is told, and an override where one is why."""

    level: ThrottleLevel
    namespace: str
    name: str
    hops: int
    kind: str
    answer: Answer
    override: ThrottleOverride | None = None

    @property
    def title(self) -> str:
        """Its class in words."""
        return CLASSES[self.kind].title

    @property
    def way(self) -> str:
        """The address that leads to its way in lineage."""
        query = urlencode({"namespace": self.namespace, "name": self.name})
        return f"{reverse('slos:throttle-way', args=[self.level.asset_id])}?{query}"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines are asked for; empty means all."""

    text: str = ""
    decision: str = ""
    kind: str = ""
    hops: str = ""
    team: str = ""

    def takes(self, line: Line) -> bool:
        """Whether this line is asked for."""
        return (
            self.decision in ("", line.answer.decision.value)
            and self.kind in ("", line.kind)
            and self.hops in ("", str(line.hops))
        )


def levels(user: User, *, team: str = "") -> list[ThrottleLevel]:
    """The assets that hold somebody back or have a reason to, or an override, the strictest first."""
    require(user, Act.READ)
    present = now()
    overrides = ThrottleOverride.objects.filter(asset=OuterRef("asset"), ends_at__gt=present, ended_by=None)
    speaking = Q(factor__lt=FULL) | Q(unknown=True) | ~Q(reasons=[]) | Q(stale_at__lt=present) | Exists(overrides)
    found = ThrottleLevel.objects.filter(speaking).select_related("asset__owner_team")
    return list(found.filter(asset__owner_team__slug=team) if team else found)


def level_for(user: User, asset_id: int) -> ThrottleLevel:
    """The level of one asset, or Http404 where nothing of it ever throttled."""
    require(user, Act.READ)
    return get_object_or_404(ThrottleLevel.objects.select_related("asset__owner_team"), asset=asset_id)


def lines(of: Sequence[ThrottleLevel], filters: Filters = Filters()) -> list[Line]:  # it is frozen
    """Every consumer of these assets as it is told now, the strictest first."""
    by_asset, present = {level.asset_id: level for level in of}, now()
    kinds, closed, overrides = _kinds(), on_unknown(), _in_force(by_asset, present)
    found = []
    for asset_id, consumer, namespace, name, hops in _reached(by_asset, filters.text):
        level, kind = by_asset[asset_id], kinds.get(consumer, BATCH)
        override = overrides.get((asset_id, consumer)) or overrides.get((asset_id, ""))
        answer = override.answer if override else decide(level.level(present), Who(kind, closed[kind], hops))
        found.append(Line(level, namespace, name, hops, kind, answer, override))
    taken = [line for line in found if filters.takes(line)]
    return sorted(taken, key=lambda line: (line.answer.rate_factor, line.hops, line.namespace, line.name))


def counted(of: Iterable[Line]) -> dict[str, int]:
    """How many lines there are of each decision."""
    found = Counter(line.answer.decision for line in of)
    return {decision.value: found[decision] for decision in ORDER}


def overrides_of(level: ThrottleLevel) -> QuerySet[ThrottleOverride]:
    """The newest overrides of an asset, those over included."""
    return ThrottleOverride.objects.filter(asset=level.asset_id).select_related("author", "ended_by", "asset")[:25]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would hold if an SLO came to a cause: the lines, and how many of each decision."""

    cause: Cause
    level: Level
    lines: list[Line]
    counts: dict[str, int]


def previews(slo: Slo) -> list[Preview]:
    """What would happen if this SLO fired, by how bad it is; the other SLOs of the asset as they are.

    The caller has asked `slo_for`, which asks for the right to read.
    """
    others = ThrottleSource.objects.filter(asset=slo.asset_id).exclude(slo=slo)
    held, present = [each.held for each in others], now()
    row = ThrottleLevel.objects.filter(asset=slo.asset_id).select_related("asset").first()
    row = row or ThrottleLevel(asset=slo.asset, changed_at=present)
    return [_preview(row, cause, [*held, Held(present, cause, factor)]) for cause, factor in _CAUSES]


_CAUSES = ((Cause.PENDING, 1.0), (Cause.FIRING, 0.5), (Cause.FAR, 0.1), (Cause.NO_DATA, 1.0))


def _preview(row: ThrottleLevel, cause: Cause, held: list[Held]) -> Preview:
    level = level_of(held)
    as_if = ThrottleLevel(
        asset=row.asset, factor=level.factor, denies=level.denies, unknown=level.unknown, changed_at=row.changed_at
    )
    found = lines([as_if])
    return Preview(cause, level, found, counted(found))


def on_unknown() -> dict[str, OnUnknown]:
    """What each class does where nothing is known, as it is set or by default."""
    set_to = dict(ConsumerClass.objects.values_list("key", "on_unknown"))
    return {key: OnUnknown(set_to.get(key, each.on_unknown)) for key, each in CLASSES.items()}


def classes() -> list[dict[str, Any]]:
    """Each class with what it does where nothing is known, its edition, and how many consumers are in it."""
    rows = {row.key: row for row in ConsumerClass.objects.select_related("set_by")}
    members = Counter(Consumer.objects.values_list("kind", flat=True))
    unknown = on_unknown()
    return [
        {"key": key, "kind": each, "on_unknown": unknown[key].value, "row": rows.get(key), "members": members[key]}
        for key, each in CLASSES.items()
    ]


def consumers(user: User, *, text: str = "", kind: str = "") -> QuerySet[Consumer]:
    """The jobs whose class somebody has set."""
    require(user, Act.READ)
    found = Consumer.objects.select_related("set_by")
    if text:
        found = found.filter(Q(namespace__icontains=text) | Q(name__icontains=text))
    return found.filter(kind=kind) if kind else found


def _kinds() -> dict[str, str]:
    return dict(Consumer.objects.values_list("consumer", "kind"))


def _reached(assets: Iterable[int], text: str) -> Iterable[tuple[int, str, str, str, int]]:
    found = ThrottleReach.objects.filter(asset__in=list(assets)).order_by()
    if text:
        named = Q(namespace__icontains=text) | Q(name__icontains=text)
        found = found.filter(named | Q(asset__name__icontains=text) | Q(asset__namespace__icontains=text))
    return found.values_list("asset", "consumer", "namespace", "name", "hops").iterator(chunk_size=5000)


def _in_force(assets: Iterable[int], present: datetime) -> dict[tuple[int, str], ThrottleOverride]:
    """The override of each asset and consumer that holds now, the newest."""
    found = ThrottleOverride.objects.filter(asset__in=list(assets), ends_at__gt=present, ended_by=None)
    rows = found.select_related("author").order_by("created_at")
    return {(row.asset_id, row.consumer): row for row in rows}
